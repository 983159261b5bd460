/* SPDX-License-Identifier: MIT */
/* The checker: every record of every table decoded and cross-checked. */
#ifndef FN_INDEX_DOCTOR_H
#define FN_INDEX_DOCTOR_H

#include "index/store/store.h"

enum fn_finding_level { FN_FIND_OK = 0, FN_FIND_WARN = 1, FN_FIND_FAIL = 2 };
/* Calls report for each check (one sentence: what, where, what to do). Returns the worst level,
 * or a negative error when the index cannot be read at all. deep: also recompute the partition
 * and all checksums. */
int fn_doctor_run(struct fn_store *s, const char *labels_log, bool deep,
                  void (*report)(enum fn_finding_level level, const char *sentence, void *ctx),
                  void *ctx, struct fn_error *err);

#endif
