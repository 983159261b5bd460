/* SPDX-License-Identifier: MIT */
/* Figures of pairs by attributes of their pictures. */
#ifndef FN_CLI_EVAL_SLICES_H
#define FN_CLI_EVAL_SLICES_H

#include "cli/eval.h"

/* --slices CSV: a heading, then a line per picture; the first column is a path whose end is the
 * end of a picture's path, every other one an attribute. Groups of rows are added to the
 * report. */
FN_NODISCARD int fnq_report_slices(struct fnq_eval *e, struct fnq_eval_report *r,
                                   const struct fn_eval_set *s, const struct fn_eval_pairs *p,
                                   const struct fn_pair_d2 *d, struct fn_error *err);

#endif
