/* SPDX-License-Identifier: MIT */
/* What a network is trained on: pictures of faces, each with the person it shows, the split
 * that person belongs to and, once known, where in the picture the face is. Holds paths and
 * numbers, no pixels.
 *
 * Sources: folders (fn_dataset_scan), lists (fn_dataset_from_list) and faces known from
 * elsewhere (fn_dataset_from_items). All give the same order on every machine: people by the
 * bytes of their names, samples by person, then by the bytes of their names. */
#ifndef FN_ENGINE_TRAIN_DATASET_H
#define FN_ENGINE_TRAIN_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/image/chip_cut.h"
#include "engine/train/picture_source.h"

/* Stored in manifests: the values are fixed. A person is in one split, never in two. */
enum fn_split { FN_SPLIT_TRAIN = 0, FN_SPLIT_VALIDATION = 1, FN_SPLIT_TEST = 2, FN_SPLITS };
const char *fn_split_name(unsigned split); /* "train", "validation", "test" */

struct fn_sample {
    char *path;       /* what open() is given */
    uint32_t name_at; /* path + name_at: the part below the root, or as the list wrote it */
    uint32_t person;  /* index into people */
    uint8_t split;    /* enum fn_split */
    bool has_face;    /* face is known */
    bool looked;      /* a detector has been asked; without has_face it found nothing */
    struct fn_similarity
        face; /* frame (engine/image/chip_cut.h); a box is widened around its centre */
    struct fn_h128 hash; /* of the content; all zero when the file could not be read */
    struct fn_h128
        key; /* of the frame cache: the content, and the box that picked one of its faces */
};

struct fn_dataset {
    struct fn_sample *samples;
    size_t n; /* below 2^32 */
    char **people;
    uint8_t *people_split; /* enum fn_split */
    size_t n_people;
    size_t n_unreadable; /* samples whose content could not be read */
    size_t n_empty;      /* people without pictures, left out */
    size_t n_ignored;    /* files that are no pictures by their names */
    size_t n_repeated;   /* lines of a list that say what another line said */
    size_t n_shared;     /* samples whose content (and box) also stands under another person */
    struct fn_h128
        id; /* of the manifest: names, people, splits, contents, frames; not of the root */
};

/* Reads a folder. One of
 *   PERSON/x.jpg                        (also the layout of LFW)
 *   COLLECTION/PERSON/x.jpg             the person is "COLLECTION/PERSON"
 *   train|val|validation|test/PERSON/x  when all folders at the top are so named; the person is
 * "PERSON" A file split.csv at the top (header with the columns identity, split and, for
 * collections, set; split is train, val, validation or test) must name every person; without it
 * everyone is trained on. Names that start with a dot are passed over; pictures are told by
 * extension here and by content when decoded. The content of every picture is hashed. FN_EUSAGE
 * with one line for a folder that is none of these, has no people, or has one person in two
 * splits; -errno when it cannot be read. */
FN_NODISCARD int fn_dataset_scan(const char *dir, struct fn_dataset **ret,
                                 struct fn_error *err);

/* Reads a text file, a sample per line: PATH TAB PERSON [TAB SPLIT] [TAB X TAB Y TAB W TAB H],
 * the box as fractions of the upright picture. An empty split is train. Blank lines and lines
 * that start with # are passed over. Relative paths are below the list's folder. Paths with a
 * tab or a line end cannot be listed. pictures: tells the sizes of pictures with boxes.
 * FN_EUSAGE with file and line. */
FN_NODISCARD int fn_dataset_from_list(const char *file,
                                      const struct fn_picture_source *pictures,
                                      struct fn_dataset **ret, struct fn_error *err);

/* Faces whose place in the picture is known: what picks the face (box) and how it lies (frame,
 * as in fn_sample). The path from name_at on is the sample's name. Everyone is trained on until
 * fn_dataset_hold_out. where: for messages. */
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

/* Works out d->id again; to be called after frames were set by hand. -ENOMEM. */
FN_NODISCARD int fn_dataset_refresh_id(struct fn_dataset *d, struct fn_error *err);

/* People and samples of one split; either pointer may be NULL. */
void fn_dataset_count(const struct fn_dataset *d, unsigned split, size_t *ret_people,
                      size_t *ret_samples);

/* Moves the share of the people who train into split (validation or test), by a hash of seed
 * and name: a person's place does not depend on who else is there. Refreshes the id. */
FN_NODISCARD int fn_dataset_hold_out(struct fn_dataset *d, double share, uint64_t seed,
                                     unsigned split, struct fn_error *err);

/* The frame cache, so that detector and landmarks run once: text, a first line with `source`
 * (which networks and settings found the faces), then per line key TAB a TAB b TAB tx TAB ty,
 * or key TAB "-" when there is no face. Numbers round-trip. Load sets the samples it knows and
 * refreshes the id; ret_n (may be NULL): how many. -ENOENT when there is no file, FN_EVERSION
 * when it is from another source or format, FN_ECORRUPT with the line; the data set is
 * unchanged then. Save writes the samples that were looked at, atomically. */
FN_NODISCARD int fn_dataset_frames_load(struct fn_dataset *d, const char *file,
                                        const char *source, size_t *ret_n,
                                        struct fn_error *err);
FN_NODISCARD int fn_dataset_frames_save(const struct fn_dataset *d, const char *file,
                                        const char *source, struct fn_error *err);

#endif
