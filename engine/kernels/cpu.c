/* SPDX-License-Identifier: MIT */
/* Feature bits from cpuid, and from xgetbv whether the operating system saves the registers
 * that the instructions use (Intel SDM vol. 1, 13.3 and 14.3). The result is a pure function of
 * the machine and the environment, so that two threads may determine it at the same time. */
#include "engine/kernels/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>

#if defined(__x86_64__) || defined(__i386__)
#    include <cpuid.h>

/* XCR0: bits 1-2 are xmm and ymm, 5-7 opmask and zmm, 17-18 tiles. */
enum { XCR0_AVX = 0x6, XCR0_AVX512 = 0xe6, XCR0_TILES = 0x60000 };

static unsigned long long saved_registers(void)
{
    unsigned lo, hi;
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return (unsigned long long)hi << 32 | lo;
}

static int has(unsigned word, unsigned bit)
{
    return (int)(word >> bit & 1u);
}

static unsigned detect(void)
{
    unsigned a, b, c, d, flags = FN_CPU_C;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !has(c, 27)) /* OSXSAVE */
        return flags;
    unsigned c1 = c;
    unsigned long long xcr0 = saved_registers();
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return flags;
    int avx2 = has(b, 5) && has(c1, 28) && has(c1, 12) && has(c1, 29); /* AVX2 AVX FMA F16C */
    if (!avx2 || (xcr0 & XCR0_AVX) != XCR0_AVX)
        return flags;
    flags |= FN_CPU_AVX2;
    int avx512 = has(b, 16) && has(b, 30) && has(b, 17) && has(b, 31); /* F BW DQ VL */
    if (!avx512 || (xcr0 & XCR0_AVX512) != XCR0_AVX512)
        return flags;
    flags |= FN_CPU_AVX512;
    if (!has(c, 11))
        return flags;
    flags |= FN_CPU_VNNI;
    if (has(d, 22) && has(d, 24) && (xcr0 & XCR0_TILES) == XCR0_TILES)
        flags |= FN_CPU_AMX_BF16;
    return flags;
}
#elif defined(__ARM_NEON)
static unsigned detect(void)
{
    return FN_CPU_NEON;
}
#else
static unsigned detect(void)
{
    return FN_CPU_C;
}
#endif

unsigned fn_cpu_flags(void)
{
    static atomic_uint known; /* the flags with FN_CPU_DETECT set once they are known */
    unsigned flags = atomic_load_explicit(&known, memory_order_relaxed);
    if (!(flags & FN_CPU_DETECT)) {
        const char *mask = getenv("FACENET_CPU_MASK");
        flags = detect();
        if (mask && *mask)
            flags &= (unsigned)strtoul(mask, NULL, 16);
        atomic_store_explicit(&known, flags | FN_CPU_DETECT, memory_order_relaxed);
    }
    return flags & ~FN_CPU_DETECT;
}

unsigned fn_cpu_resolve(unsigned flags)
{
    unsigned have = fn_cpu_flags();
    return flags & FN_CPU_DETECT ? have : flags & have;
}

unsigned fn_cpu_masks(unsigned out[8])
{
    static const unsigned steps[] = {FN_CPU_AVX2, FN_CPU_AVX512, FN_CPU_VNNI, FN_CPU_AMX_BF16,
                                     FN_CPU_NEON};
    unsigned have = fn_cpu_flags(), n = 0, mask = FN_CPU_C;
    out[n++] = mask;
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (have & steps[i]) {
            mask |= steps[i];
            out[n++] = mask;
        }
    }
    return n;
}

const char *fn_cpu_name(unsigned flags)
{
    if (flags & FN_CPU_AVX512)
        return "avx512";
    if (flags & FN_CPU_AVX2)
        return "avx2";
    return flags & FN_CPU_NEON ? "neon" : "c";
}
