/* SPDX-License-Identifier: MIT */
/* Rows of a data set under construction. The sources collect them in any order. fn_rows_finish
 * sorts them, numbers the people, refuses contradictions and reads what is needed of every
 * file. */
#ifndef FN_ENGINE_TRAIN_DATASET_PRIV_H
#define FN_ENGINE_TRAIN_DATASET_PRIV_H

#include "engine/train/dataset.h"

struct fn_row {
    char *path, *person; /* owned */
    uint32_t name_at;
    uint8_t split;
    bool has_box, has_frame;
    float box[4];
    struct fn_similarity frame; /* with has_frame: used instead of the box */
};

struct fn_rows {
    struct fn_row *row;
    size_t n, cap;
    size_t n_empty, n_ignored;
    const struct fn_picture_source *pictures; /* for rows with a box and no frame */
};

/* Copies path and person; box may be NULL. -ENOMEM or FN_ELIMIT. */
FN_NODISCARD int fn_rows_add(struct fn_rows *r, const char *path, size_t name_at,
                             const char *person, unsigned split, const float *box,
                             struct fn_error *err);
void fn_rows_free(struct fn_rows *r);
/* Empties r. where: the folder or list, for messages. */
FN_NODISCARD int fn_rows_finish(struct fn_rows *r, const char *where, struct fn_dataset **ret,
                                struct fn_error *err);

/* enum fn_split of "train", "val", "validation", "test", or -1. */
int fn_split_parse(const char *s);

/* split.csv: the split of each person. */
struct fn_split_row {
    char *person;
    uint8_t split;
};
struct fn_splits {
    struct fn_split_row *row; /* sorted by person, without duplicates */
    size_t n, cap;
};
/* -ENOENT if there is no such file. FN_EUSAGE with file and line for invalid content. */
FN_NODISCARD int fn_splits_read(const char *file, struct fn_splits *ret, struct fn_error *err);
int fn_splits_find(const struct fn_splits *s, const char *person); /* enum fn_split or -1 */
void fn_splits_free(struct fn_splits *s);

#endif
