/* SPDX-License-Identifier: MIT */
/* Training data: pictures of faces, each with the person it shows, the split of that person
 * and, once known, the position of the face in the picture. It has paths and numbers, no
 * pixels.
 *
 * Sources: folders (fn_dataset_scan), lists (fn_dataset_from_list) and known faces
 * (fn_dataset_from_items). All yield the same order on every machine: people by the bytes of
 * their names, samples by person, then by the bytes of their names. */
#ifndef FN_ENGINE_TRAIN_DATASET_H
#define FN_ENGINE_TRAIN_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/image/chip_cut.h"
#include "engine/train/picture_source.h"

/* Stored in manifests, so the values are fixed. A person is in exactly one split. */
enum fn_split { FN_SPLIT_TRAIN = 0, FN_SPLIT_VALIDATION = 1, FN_SPLIT_TEST = 2, FN_SPLITS };
const char *fn_split_name(unsigned split); /* "train", "validation", "test" */

struct fn_sample {
    char *path;       /* path for open() */
    uint32_t name_at; /* path + name_at: the part below the root, or as written in the list */
    uint32_t person;  /* index into people */
    uint8_t split;    /* enum fn_split */
    bool has_face;    /* face is known */
    bool looked;      /* the detector has run; without has_face it found nothing */
    struct fn_similarity
        face; /* frame (engine/image/chip_cut.h); a box is enlarged around its centre */
    struct fn_h128 hash; /* of the content; all zero if the file could not be read */
    struct fn_h128
        key; /* of the frame cache: the content, and the box that selected one of its faces */
};

struct fn_dataset {
    struct fn_sample *samples;
    size_t n; /* below 2^32 */
    char **people;
    uint8_t *people_split; /* enum fn_split */
    size_t n_people;
    size_t n_unreadable; /* samples whose content could not be read */
    size_t n_empty;      /* people without pictures, who are left out */
    size_t n_ignored;    /* files that are not pictures by their names */
    size_t n_repeated;   /* lines of a list that repeat another line */
    size_t n_shared;     /* samples whose content (and box) also belongs to another person */
    struct fn_h128
        id; /* of the manifest: names, people, splits, contents, frames; not the root */
};

/* Reads a folder. One of
 *   PERSON/x.jpg                        (also the layout of LFW)
 *   COLLECTION/PERSON/x.jpg             the person is "COLLECTION/PERSON"
 *   train|val|validation|test/PERSON/x  if all folders at the top have such names;
 *                                       the person is "PERSON"
 *
 * If there is a file split.csv at the top, it must name every person. It has a header with the
 * columns identity, split and, for collections, set; split is train, val, validation or test.
 * Without it, all people are in the training split. Names that start with a dot are skipped.
 * Pictures are recognised by extension here, and by content when decoded. The content of every
 * picture is hashed. FN_EUSAGE with one line for a folder that has none of these layouts, has
 * no people, or has one person in two splits. -errno when it cannot be read. */
FN_NODISCARD int fn_dataset_scan(const char *dir, struct fn_dataset **ret,
                                 struct fn_error *err);

/* Reads a text file with a sample per line: PATH TAB PERSON [TAB SPLIT] [TAB X TAB Y TAB W TAB
 * H]. The box is in fractions of the upright picture. An empty split is train. Empty lines and
 * lines that start with # are skipped. Relative paths are below the folder of the list. Paths
 * with a tab or a line end cannot be listed. pictures: provides the sizes of pictures with
 * boxes. FN_EUSAGE with file and line. */
FN_NODISCARD int fn_dataset_from_list(const char *file,
                                      const struct fn_picture_source *pictures,
                                      struct fn_dataset **ret, struct fn_error *err);

/* Faces whose position in the picture is known: the box that selects the face, and its frame,
 * as in fn_sample. The path from name_at on is the name of the sample. All people are in the
 * training split until fn_dataset_hold_out. where: for messages. */
struct fn_dataset_item {
    const char *path, *person;
    size_t name_at;
    float box[4];
    struct fn_similarity frame;
};
FN_NODISCARD int fn_dataset_from_items(const struct fn_dataset_item *item, size_t n,
                                       const char *where, struct fn_dataset **ret,
                                       struct fn_error *err);

void fn_dataset_destroy(struct fn_dataset *d); /* NULL-safe */

/* Computes d->id again, after frames were changed. -ENOMEM. */
FN_NODISCARD int fn_dataset_refresh_id(struct fn_dataset *d, struct fn_error *err);

/* People and samples of one split; either pointer may be NULL. */
void fn_dataset_count(const struct fn_dataset *d, unsigned split, size_t *ret_people,
                      size_t *ret_samples);

/* Moves a share of the training people to split (validation or test), by a hash of seed and
 * name: the choice for a person does not depend on the other people. Updates the id. */
FN_NODISCARD int fn_dataset_hold_out(struct fn_dataset *d, double share, uint64_t seed,
                                     unsigned split, struct fn_error *err);

/* The frame cache, so that detector and landmarks run only once. A text file: the first line
 * has `source` (the networks and settings that found the faces); then a line per key: key TAB a
 * TAB b TAB tx TAB ty, or key TAB "-" if there is no face. Numbers round-trip. Load sets the
 * known samples and updates the id. ret_n (may be NULL): number of samples set. -ENOENT if
 * there is no file, FN_EVERSION if it is of another source or format, FN_ECORRUPT with the
 * line; the data set is then unchanged. Save writes the samples that were processed,
 * atomically. */
FN_NODISCARD int fn_dataset_frames_load(struct fn_dataset *d, const char *file,
                                        const char *source, size_t *ret_n,
                                        struct fn_error *err);
FN_NODISCARD int fn_dataset_frames_save(const struct fn_dataset *d, const char *file,
                                        const char *source, struct fn_error *err);

#endif
