/* SPDX-License-Identifier: MIT */
/* The versions that vector.c chooses from. */
#ifndef FN_ENGINE_KERNELS_VECTOR_PRIV_H
#define FN_ENGINE_KERNELS_VECTOR_PRIV_H

#include <string.h>

#include "engine/kernels/vector.h"

#if defined(__x86_64__)
extern const struct fn_vector_kernels fn_vector_avx2;
extern const struct fn_vector_kernels fn_vector_avx512;
extern const struct fn_vector_kernels fn_vector_vnni;
#endif

#define INLINE static inline __attribute__((always_inline))

#endif
