/* SPDX-License-Identifier: MIT */
/* Simple methods for comparison with a network: grey pixels, and eigenfaces (Turk & Pentland
 * 1991). */
#ifndef FN_ENGINE_EVAL_BASELINE_H
#define FN_ENGINE_EVAL_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

enum { FN_BASELINE_SIDE = 64, FN_BASELINE_AXES = 128 };

/* For each of n rows of dim numbers: subtracts its mean (with_mean), then scales it to unit
 * length. A row of equal numbers becomes 0. */
void fn_baseline_normalise(float *x, size_t n, size_t dim, bool with_mean);

/* Principal axes. */
struct fn_axes {
    size_t dim, k;
    float *mean;      /* dim; zeros when not centred */
    float *axes;      /* k x dim, orthonormal, largest variance first */
    double *variance; /* k: mean square along each */
};
/* Computes k <= min(n, dim) axes from n rows of dim numbers, of the covariance (centred) or of
 * the second moments (a rotation that does not change angles at the origin). Subspace iteration
 * on the smaller Gram matrix, then the method of Jacobi within the subspace. The same seed
 * yields the same axes. */
FN_NODISCARD int fn_axes_fit(const float *x, size_t n, size_t dim, size_t k, bool centred,
                             uint64_t seed, struct fn_axes *ret, struct fn_error *err);
void fn_axes_free(struct fn_axes *a); /* NULL-safe */
/* out: n x k, coordinates along the first k axes, with each row scaled to unit length. */
FN_NODISCARD int fn_axes_project(const struct fn_axes *a, const float *x, size_t n, size_t k,
                                 float *out);

/* Eigenvalues and eigenvectors of a symmetric m x m matrix by cyclic rotations (Jacobi 1846). a
 * is destroyed; its diagonal then holds the eigenvalues. The rows of v are the eigenvectors.
 * Not sorted. */
void fn_jacobi(double *a, size_t m, double *v);

#endif
