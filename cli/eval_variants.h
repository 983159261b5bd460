/* SPDX-License-Identifier: MIT */
/* The same pictures in other forms: worse, or as plain grey numbers. */
#ifndef FN_CLI_EVAL_VARIANTS_H
#define FN_CLI_EVAL_VARIANTS_H

#include "cli/eval.h"

/* A face is cut with this share of its box around it on each side: room for landmarks and chip.
 */
#define FNQ_EVAL_MARGIN .5f

struct fnq_eval_variant {
    int quality;   /* of a JPEG; 0: PNG */
    uint32_t side; /* the face's box in pixels; 0: as it is */
};
/* ret is the caller's to free, on failure too. */
FN_NODISCARD int fnq_eval_variant_vectors(struct fnq_eval *e, const struct fn_eval_set *s,
                                          const struct fnq_eval_variant *v,
                                          struct fnq_eval_vectors *ret, struct fn_error *err);
/* Rows of FN_BASELINE_SIDE squared numbers, normalised, of at most max pictures, evenly taken.
 * ret as above. */
FN_NODISCARD int fnq_eval_chips(struct fnq_eval *e, const struct fn_eval_set *s, size_t max,
                                struct fnq_eval_vectors *ret, struct fn_error *err);

#endif
