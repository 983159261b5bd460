/* SPDX-License-Identifier: MIT */
/* Features of this CPU, determined once, by feature bits and the saved register state (never by
 * model name). FACENET_CPU_MASK in the environment (hex, for tests) keeps only the bits it has.
 */
#ifndef FN_ENGINE_KERNELS_CPU_H
#define FN_ENGINE_KERNELS_CPU_H

#define FN_CPU_C        0u        /* portable C only */
#define FN_CPU_AVX2     (1u << 0) /* AVX2, FMA, F16C */
#define FN_CPU_AVX512   (1u << 1) /* F, BW, DQ, VL */
#define FN_CPU_VNNI     (1u << 2) /* AVX512_VNNI */
#define FN_CPU_AMX_BF16 (1u << 3) /* tiles and bf16 products, when the kernel can save them */
#define FN_CPU_NEON     (1u << 4)
#define FN_CPU_DETECT   (1u << 31) /* in options: use fn_cpu_flags() */

/* The mask of this machine after FACENET_CPU_MASK. Each bit implies those below it on x86. */
unsigned fn_cpu_flags(void);
/* flags as options give them -> flags that this machine can run: FN_CPU_DETECT becomes
 * fn_cpu_flags(), bits it lacks are dropped. */
unsigned fn_cpu_resolve(unsigned flags);
/* Every mask worth testing on this machine, from FN_CPU_C up; returns how many (<= 8). */
unsigned fn_cpu_masks(unsigned out[8]);
const char *fn_cpu_name(unsigned flags); /* "avx512", "avx2", "neon", "c" */

#endif
