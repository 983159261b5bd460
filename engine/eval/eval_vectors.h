/* SPDX-License-Identifier: MIT */
/* The vectors of a set of pictures, and the distances of pairs of them. */
#ifndef FN_ENGINE_EVAL_EVAL_VECTORS_H
#define FN_ENGINE_EVAL_EVAL_VECTORS_H

#include "engine/eval/metrics.h"
#include "engine/eval/protocols.h"

struct fn_eval_vectors {
    float *x;         /* n x dim, unit length */
    uint8_t *found;   /* n */
    uint32_t *person; /* n */
    size_t n, dim, n_missed, n_fallbacks;
};
/* Allocates the vectors of a set, all of them marked as missed. -ENOMEM. */
FN_NODISCARD int fn_eval_vectors_init(struct fn_eval_vectors *v, const struct fn_eval_set *s,
                                      size_t dim, struct fn_error *err);
void fn_eval_vectors_free(struct fn_eval_vectors *v); /* safe on zeroes */
/* The vectors in the form that the metrics need. Points into v. */
struct fn_vectors fn_eval_vectors_view(const struct fn_eval_vectors *v, size_t n_people);

/* Squared distance; NAN when either is NULL. */
double fn_eval_d2(const float *a, const float *b, size_t dim);
/* *ret: heap, one per pair. The distance of a missed face is NAN. -ENOMEM. */
FN_NODISCARD int fn_eval_pair_distances(const struct fn_eval_vectors *v,
                                        const struct fn_eval_pairs *p, struct fn_pair_d2 **ret,
                                        struct fn_error *err);

#endif
