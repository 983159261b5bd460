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
    double *v; /* [row][column]; NAN if empty */
};
/* Reads DIR/train.csv. Free c afterwards, also after a failure, if it was zeroed before.
 * FN_EUSAGE if there are no steps yet. */
FN_NODISCARD int fn_run_csv_read(const char *path, struct fn_run_csv *c, struct fn_error *err);
void fn_run_csv_free(struct fn_run_csv *c);

/* The rows with a number in column y, and their x. Empty if a column is missing, or when out of
 * memory. */
struct fn_curve {
    double *x, *y;
    size_t n;
};
struct fn_curve fn_curve_of(const struct fn_run_csv *c, const char *x, const char *y);
/* Means over the last FN_CURVE_WINDOW rows, because single batches vary a lot. */
void fn_curve_smooth(struct fn_curve *k);
void fn_curves_free(struct fn_curve *k, size_t n);

#endif
