/* SPDX-License-Identifier: MIT */
/* Which pictures are compared: sets of people, lists of pairs, folders of video frames.
 *
 * A set is a list of pictures, each of a known person. Lists of pairs refer to pictures of a
 * set by number. The caller provides the vectors. */
#ifndef FN_ENGINE_EVAL_PROTOCOLS_H
#define FN_ENGINE_EVAL_PROTOCOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fn_eval_set {
    struct fn_eval_picture {
        char *path;      /* owned */
        uint32_t person; /* index into people[] */
    } * pictures;
    size_t n, cap;
    char **people; /* owned; for folders: the path below the root */
    size_t n_people, people_cap;
    struct fn_eval_table { /* open addressing: number + 1, 0: free */
        uint32_t *slots;
        size_t size;
    } by_path, by_name;
};
void fn_eval_set_free(struct fn_eval_set *s); /* NULL-safe */
/* Finds or adds; UINT32_MAX when out of memory. */
uint32_t fn_eval_person(struct fn_eval_set *s, const char *name);
/* Finds or adds the picture. *ret: its number. */
FN_NODISCARD int fn_eval_picture(struct fn_eval_set *s, const char *path, uint32_t person,
                                 size_t *ret);

/* Every folder below dir that has pictures (jpg, jpeg, png, heic, webp by name) is a person.
 * Folders and files are sorted by name; hidden ones are left out. people: NULL, or a text file
 * with a folder below dir on each line; then only these are read. */
FN_NODISCARD int fn_eval_set_folders(struct fn_eval_set *s, const char *dir, const char *people,
                                     struct fn_error *err);

struct fn_eval_pair {
    size_t a, b; /* pictures, or videos */
    uint32_t fold;
    bool same;
};
struct fn_eval_pairs {
    struct fn_eval_pair *v;
    size_t n, cap, n_folds;
};
void fn_eval_pairs_free(struct fn_eval_pairs *p); /* NULL-safe */

/* A list of Labeled Faces in the Wild: "FOLDS N" (pairs.txt) or "N" (pairsDevTest.txt), then
 * per fold N genuine lines "NAME I J" and N impostor lines "NAME I NAME J". Picture I of NAME
 * is dir/NAME/NAME_000I.jpg (or .png). The pictures are added to the set. FN_EUSAGE with the
 * line. */
FN_NODISCARD int fn_eval_pairs_lfw(struct fn_eval_set *s, const char *dir, const char *file,
                                   struct fn_eval_pairs *ret, struct fn_error *err);
/* "PATH,PATH,SAME[,FOLD]" lines (commas or TABs; SAME is 0 or 1), with paths relative to the
 * list. If the third field of the first line is not a number, that line is a heading. Such a
 * list has no people, so each picture is a person of its own. */
FN_NODISCARD int fn_eval_pairs_list(struct fn_eval_set *s, const char *file,
                                    struct fn_eval_pairs *ret, struct fn_error *err);
/* Generates pairs. People are distributed over n_folds folds. Each fold gets all genuine pairs,
 * but at most per_fold, and as many impostor pairs. No person is in two folds. The same seed
 * yields the same pairs. */
FN_NODISCARD int fn_eval_pairs_make(const struct fn_eval_set *s, size_t n_folds,
                                    size_t per_fold, uint64_t seed, struct fn_eval_pairs *ret,
                                    struct fn_error *err);

/* YouTube Faces: videos are folders dir/PERSON/VIDEO of frames. The pictures of the set are
 * frames; a video is a range of them. */
struct fn_eval_videos {
    struct fn_eval_set set; /* its people are the people of the videos */
    struct fn_eval_video {
        char *name; /* PERSON/VIDEO, owned */
        size_t first, n;
        uint32_t person;
    } * v;
    size_t n, cap;
};
void fn_eval_videos_free(struct fn_eval_videos *v); /* NULL-safe */
FN_NODISCARD int fn_eval_videos_read(struct fn_eval_videos *v, const char *dir,
                                     struct fn_error *err);
/* splits.txt: "FOLD, PERSON/VIDEO, PERSON/VIDEO, ..., SAME" lines after a heading. */
FN_NODISCARD int fn_eval_videos_splits(const struct fn_eval_videos *v, const char *file,
                                       struct fn_eval_pairs *ret, struct fn_error *err);
/* Generates pairs of videos, like fn_eval_pairs_make. */
FN_NODISCARD int fn_eval_videos_make(const struct fn_eval_videos *v, size_t n_folds,
                                     size_t per_fold, uint64_t seed, struct fn_eval_pairs *ret,
                                     struct fn_error *err);
/* Mean squared distance over all pairs of a frame of one video and a frame of the other: 2 - 2
 * (mean a) . (mean b) for unit vectors. mean: dim numbers per video, the mean of the vectors of
 * its frames. */
double fn_eval_video_d2(const float *mean_a, const float *mean_b, size_t dim);

#endif
