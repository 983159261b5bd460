/* Kernels the index uses on stored embeddings: integers, so that the same stored vectors give the same
 * distances on every machine. No BLAS in this link target (fn_vector).
 *
 * A stored embedding ("q14") is 128 x int16, x = round(16384 * e) of a unit vector e. A distance is the
 * exact integer D = |x|^2 + |y|^2 - 2 x.y, the sum over lanes in int32 (each |x|.|y| <= 2^28.01, so no
 * intermediate overflows); squared L2 = D / 2^28. */
#ifndef FN_ENGINE_KERNELS_VECTOR_H
#define FN_ENGINE_KERNELS_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#define FN_DIM       128
#define FN_Q14_ONE   (1u << 28) /* D of squared L2 = 1 */
#define FN_Q14_BYTES (FN_DIM * 2)

/* float unit vector -> q14 (rounds half to even, clamps to +-16384). */
void fn_q14_from_float(int16_t out[FN_DIM], const float e[FN_DIM]);
void fn_q14_to_float(float out[FN_DIM], const int16_t x[FN_DIM]); /* and normalised again */

struct fn_vector_kernels {
    /* D between x and y. */
    uint32_t (*d2)(const int16_t x[FN_DIM], const int16_t y[FN_DIM]);
    /* D between x and each of n rows (n x 128, contiguous, 2-byte aligned is enough): out[n]. */
    void (*d2_rows)(uint32_t *out, const int16_t x[FN_DIM], const int16_t *rows, size_t n);
};
/* flags: FN_CPU_*; FN_CPU_DETECT for this machine's best. All versions give identical integers. */
const struct fn_vector_kernels *fn_vector_kernels(unsigned flags);

#endif
