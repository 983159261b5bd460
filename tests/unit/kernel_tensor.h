/* SPDX-License-Identifier: MIT */
/* Tensors of pixels for kernel tests. Floats before, after and between the pixels are guards
 * that must not change. */
#ifndef FN_TESTS_UNIT_KERNEL_TENSOR_H
#define FN_TESTS_UNIT_KERNEL_TENSOR_H

#include <stddef.h>

#include "engine/base/rng.h"

struct tensor {
    float *block, *data;
    size_t pixels, c, stride, total;
};

uint32_t below(struct fn_rng *r, uint32_t n);
/* n floats in [-1, 1). The caller frees them. */
float *random_array(struct fn_rng *r, size_t n);
/* Random values, any alignment of four bytes, often with a stride larger than c. Release with
 * free(t.block). */
struct tensor make_tensor(struct fn_rng *r, size_t pixels, size_t c);
void check_guards(const struct tensor *t);

#endif
