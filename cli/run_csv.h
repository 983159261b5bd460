/* SPDX-License-Identifier: MIT */
/* The log of a training run (train.csv) as columns of numbers. */
#ifndef FN_CLI_RUN_CSV_H
#define FN_CLI_RUN_CSV_H

#include "engine/base/buf.h"
#include "engine/base/error.h"

enum { FNQ_CSV_COLUMNS_MAX = 64, FNQ_CURVE_WINDOW = 20 };

struct fnq_run_csv {
    struct fn_buf text;
    const char *names[FNQ_CSV_COLUMNS_MAX];
    size_t n_columns, n;
    double *v; /* [row][column]; NAN where there is nothing */
};
/* DIR/train.csv. To be freed, also after a failure, when it began as zeros. FN_EUSAGE when
 * there are no steps yet. */
FN_NODISCARD int fnq_run_csv_read(const char *path, struct fnq_run_csv *c,
                                  struct fn_error *err);
void fnq_run_csv_free(struct fnq_run_csv *c);

/* The rows that have a number in column y, and x of the same row. Empty when a column is
 * missing, or without memory. */
struct fnq_curve {
    double *x, *y;
    size_t n;
};
struct fnq_curve fnq_curve_of(const struct fnq_run_csv *c, const char *x, const char *y);
/* Means of the last FNQ_CURVE_WINDOW rows: single batches jump. */
void fnq_curve_smooth(struct fnq_curve *k);
void fnq_curves_free(struct fnq_curve *k, size_t n);

#endif
