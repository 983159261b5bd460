/* SPDX-License-Identifier: MIT */
/* The log of a training run (train.csv) as columns of numbers. */
#ifndef FN_ENGINE_TRAIN_RUN_CSV_H
#define FN_ENGINE_TRAIN_RUN_CSV_H

#include "engine/base/buf.h"
#include "engine/base/error.h"

enum { FN_CSV_COLUMNS_MAX = 64, FN_CURVE_WINDOW = 20 };

struct fn_run_csv {
    struct fn_buf text;
    const char *names[FN_CSV_COLUMNS_MAX];
    size_t n_columns, n;
    double *v; /* [row][column]; NAN where there is nothing */
};
/* DIR/train.csv. To be freed, also after a failure, when it began as zeros. FN_EUSAGE when
 * there are no steps yet. */
FN_NODISCARD int fn_run_csv_read(const char *path, struct fn_run_csv *c, struct fn_error *err);
void fn_run_csv_free(struct fn_run_csv *c);

/* The rows that have a number in column y, and x of the same row. Empty when a column is
 * missing, or without memory. */
struct fn_curve {
    double *x, *y;
    size_t n;
};
struct fn_curve fn_curve_of(const struct fn_run_csv *c, const char *x, const char *y);
/* Means of the last FN_CURVE_WINDOW rows: single batches jump. */
void fn_curve_smooth(struct fn_curve *k);
void fn_curves_free(struct fn_curve *k, size_t n);

#endif
