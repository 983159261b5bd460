/* What this CPU can do, asked once, by feature bits and what the kernel saves (never by model name).
 * FACENET_CPU_MASK in the environment (hex, for tests) takes bits away. */
#ifndef FN_ENGINE_KERNELS_CPU_H
#define FN_ENGINE_KERNELS_CPU_H

enum fn_cpu_flags {
    FN_CPU_C = 0,            /* portable C only */
    FN_CPU_AVX2 = 1u << 0,   /* AVX2, FMA, F16C */
    FN_CPU_AVX512 = 1u << 1, /* F, BW, DQ, VL */
    FN_CPU_VNNI = 1u << 2,   /* AVX512_VNNI */
    FN_CPU_AMX_BF16 = 1u << 3,
    FN_CPU_NEON = 1u << 4,
    FN_CPU_DETECT = 1u << 31, /* in options: use fn_cpu_flags() */
};

unsigned fn_cpu_flags(void);
/* Every mask worth testing on this machine, from FN_CPU_C up; returns how many (<= 8). */
unsigned fn_cpu_masks(unsigned out[8]);
const char *fn_cpu_name(unsigned flags); /* "avx512", "avx2", "c" */

#endif
