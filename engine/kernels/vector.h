/* SPDX-License-Identifier: MIT */
/* Kernels the index uses on stored embeddings: integers, so that the same stored vectors give
 * the same distances on every machine. No BLAS in this link target (fn_vector).
 *
 * A stored embedding ("q14") is `width` x int16, x = round(16384 * e) of a unit vector e; the
 * width is a multiple of 32 from 32 to FN_WIDTH_MAX. A distance is the exact integer D = |x|^2
 * + |y|^2 - 2 x.y; squared L2 = D / 2^28.
 *
 * Bounds: rounding moves each value by at most 1/2, so |x| <= 16384 + sqrt(width) / 2 <= 16400
 * and |x|^2, |x.y| <= 2^28.003 whatever the width (of two vectors, Cauchy and Schwarz bound the
 * sums over any part of the lanes too). So every partial sum fits an int32 and D <= 2^30.003
 * fits it as well. Other numbers (a damaged record) wrap modulo 2^32, in every version the
 * same. */
#ifndef FN_ENGINE_KERNELS_VECTOR_H
#define FN_ENGINE_KERNELS_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#define FN_DIM       128
#define FN_WIDTH_MAX 1024
#define FN_Q14_ONE   (1u << 28) /* D of squared L2 = 1 */
#define FN_Q14_BYTES (FN_DIM * 2)

/* float unit vector of width values -> q14 (rounds half to even, clamps to +-16384). */
void fn_q14_from_float(int16_t *out, const float *e, size_t width);
void fn_q14_to_float(float *out, const int16_t *x, size_t width); /* and normalised again */

/* Vectors and rows need no more than the alignment of int16_t; rows follow each other without
 * gaps. */
struct fn_vector_kernels {
    /* D between x and y. */
    uint32_t (*d2)(const int16_t *x, const int16_t *y, size_t width);
    /* D between x and each of n rows: out[n]. */
    void (*d2_rows)(uint32_t *out, const int16_t *x, const int16_t *rows, size_t n,
                    size_t width);
    /* D between each of nx rows of x and each of n rows: out[i * out_stride + j] for x row i
     * and row j, out_stride >= n. Twice as fast a pair as d2_rows, from some ten rows on either
     * side. Takes up to 66 kB of stack. */
    void (*d2_tile)(uint32_t *out, size_t out_stride, const int16_t *x, size_t nx,
                    const int16_t *rows, size_t n, size_t width);
};
/* flags: FN_CPU_*; FN_CPU_DETECT for this machine's best. All versions give identical integers.
 */
const struct fn_vector_kernels *fn_vector_kernels(unsigned flags);

#endif
