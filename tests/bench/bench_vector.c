/* SPDX-License-Identifier: MIT */
/* The integer distance kernels: time per pair for every instruction set of the machine, at
 * several widths and shapes, and as a share of the highest rate of product sums that the
 * machine reaches in the same run (vpdpwssd, or vpmaddwd without additions).
 *
 *   bench_vector
 *
 * Times are CPU time of the thread, the shortest of several runs, because other load on the
 * machine only makes them longer. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/clock.h"
#include "engine/base/rng.h"
#include "engine/kernels/cpu.h"
#include "engine/kernels/vector.h"

enum { RUNS = 15, PAIRS = 1 << 20, PEAK_LOOPS = 1 << 20, PEAK_UNROLL = 12 };

#if defined(__x86_64__)
#    define TWELVE(op, r, src)                                                                 \
        op(r, src, 0) op(r, src, 1) op(r, src, 2) op(r, src, 3) op(r, src, 4) op(r, src, 5)    \
            op(r, src, 6) op(r, src, 7) op(r, src, 8) op(r, src, 9) op(r, src, 10)             \
                op(r, src, 11)
#    define DPWSSD(r, src, i) "vpdpwssd %%" r src ", %%" r src ", %%" r #    i "\n"
#    define MADDWD(r, src, i) "vpmaddwd %%" r src ", %%" r src ", %%" r #    i "\n"
#    define PEAK(name, op, r)                                                                  \
        static void name(void)                                                                 \
        {                                                                                      \
            for (int i = 0; i < PEAK_LOOPS; i++)                                               \
                __asm__ volatile(TWELVE(op, r, "13")::                                         \
                                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", \
                                       "xmm7", "xmm8", "xmm9", "xmm10", "xmm11");              \
            __asm__ volatile("vzeroupper");                                                    \
        }
PEAK(peak_vnni, DPWSSD, "zmm")
PEAK(peak_avx512, MADDWD, "zmm")
PEAK(peak_avx2, MADDWD, "ymm")
#endif

/* Products of two int16 per ns; 0: no such instruction. */
static double peak(unsigned flags, const char **ret_name)
{
    void (*run)(void) = NULL;
    double products = 0;
    *ret_name = "c";
#if defined(__x86_64__)
    if (flags & FN_CPU_VNNI)
        run = peak_vnni, products = 32, *ret_name = "vpdpwssd zmm";
    else if (flags & FN_CPU_AVX512)
        run = peak_avx512, products = 32, *ret_name = "vpmaddwd zmm";
    else if (flags & FN_CPU_AVX2)
        run = peak_avx2, products = 16, *ret_name = "vpmaddwd ymm";
#else
    (void)flags;
#endif
    double best = 0;
    for (int i = 0; run && i < RUNS; i++) {
        uint64_t from = fn_clock_thread_cpu_ns();
        run();
        double ns = (double)(fn_clock_thread_cpu_ns() - from);
        double rate = products * PEAK_UNROLL * PEAK_LOOPS / ns;
        best = rate > best ? rate : best;
    }
    return best;
}

struct shape {
    size_t nx, n, width; /* nx 0: d2_rows */
};

static double ns_per_pair(const struct fn_vector_kernels *k, const struct shape *s,
                          const int16_t *x, const int16_t *rows, uint32_t *out)
{
    double best = 0;
    size_t pairs = (s->nx ? s->nx : 1) * s->n, times = PAIRS / pairs / (s->width / 32) + 1;
    for (int run = 0; run < RUNS; run++) {
        uint64_t from = fn_clock_thread_cpu_ns();
        for (size_t i = 0; i < times; i++) {
            if (s->nx)
                k->d2_tile(out, s->n, x, s->nx, rows, s->n, s->width);
            else
                k->d2_rows(out, x, rows, s->n, s->width);
        }
        double ns = (double)(fn_clock_thread_cpu_ns() - from) / (double)(times * pairs);
        best = run == 0 || ns < best ? ns : best;
    }
    return best;
}

int main(void)
{
    static const struct shape shapes[] = {{0, 512, 128}, {1, 512, 128},  {4, 512, 128},
                                          {8, 512, 128}, {32, 512, 128}, {256, 512, 128},
                                          {512, 8, 128}, {512, 48, 128}, {256, 512, 512},
                                          {0, 512, 512}, {32, 32, 128},  {256, 512, 1024}};
    enum { MAX = 512 };
    int16_t *x = malloc((size_t)2 * MAX * FN_WIDTH_MAX * sizeof *x);
    uint32_t *out = malloc((size_t)MAX * MAX * sizeof *out);
    if (!x || !out)
        return 1;
    struct fn_rng r = fn_rng_init(1, 0);
    for (size_t i = 0; i < (size_t)2 * MAX * FN_WIDTH_MAX; i++)
        x[i] = (int16_t)((int)fn_rng_below(&r, 2900) - 1450);
    unsigned masks[8], n_masks = fn_cpu_masks(masks);
    const struct fn_vector_kernels *before = NULL;
    for (unsigned m = 0; m < n_masks; m++) {
        const struct fn_vector_kernels *k = fn_vector_kernels(masks[m]);
        if (k == before)
            continue;
        before = k;
        const char *name;
        double top = peak(masks[m], &name);
        printf("%s: %.1f products per ns\n", name, top);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            const struct shape *s = &shapes[i];
            double ns = ns_per_pair(k, s, x, x + (size_t)MAX * FN_WIDTH_MAX, out);
            printf("  %s %3zu x %3zu, width %4zu   %6.2f ns per pair", s->nx ? "tile" : "rows",
                   s->nx ? s->nx : 1, s->n, s->width, ns);
            if (top > 0)
                printf(", %3.0f %% of the peak", 100 * (double)s->width / ns / top);
            printf("\n");
        }
    }
    free(out);
    free(x);
    return 0;
}
