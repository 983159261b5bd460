/* SPDX-License-Identifier: MIT */
/* The log of a run, train.csv: a row per step. run_csv.h reads it. */
#ifndef FN_ENGINE_TRAIN_RUN_LOG_H
#define FN_ENGINE_TRAIN_RUN_LOG_H

#include "engine/train/held_out.h"

struct fn_run_log {
    const char *path; /* for messages; must outlive it */
    int fd;           /* -1: not open */
};
/* Opens the log to continue after the row of step, or starts a new one if step is 0. Later rows
 * are deleted. */
FN_NODISCARD int fn_run_log_open(struct fn_run_log *l, const char *path, uint64_t step,
                                 struct fn_error *err);
/* seconds: of the whole run. held: if NULL or not measured, its columns stay empty. */
FN_NODISCARD int fn_run_log_add(const struct fn_run_log *l, const struct fn_train_report *r,
                                double seconds, const struct fn_sampler_facts *f,
                                const struct fn_held_out_figures *held, struct fn_error *err);
void fn_run_log_close(struct fn_run_log *l);

#endif
