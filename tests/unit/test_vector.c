/* SPDX-License-Identifier: MIT */
/* The integer distance kernels. Every version yields the same number as the plain one, for
 * stored embeddings and for arbitrary bytes, at any count and alignment, and writes nothing
 * beyond its output. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "engine/kernels/cpu.h"
#include "engine/kernels/vector.h"

enum {
    ROWS_MAX = 71, /* two panels of 32 rows and a partial one */
    X_MAX = 21,
    GUARD = 0x5a5a5a5a,
    WIDTHS = FN_WIDTH_MAX / 32
};

static void random_unit(struct fn_rng *r, float *e, size_t width)
{
    double norm2 = 0;
    for (size_t i = 0; i < width; i++) {
        e[i] = (float)(fn_rng_uniform(r) + fn_rng_uniform(r) - 1);
        norm2 += (double)e[i] * (double)e[i];
    }
    for (size_t i = 0; i < width; i++)
        e[i] = (float)((double)e[i] / sqrt(norm2));
}

static size_t random_width(struct fn_rng *r)
{
    return 32 * (1 + fn_rng_below(r, WIDTHS));
}

static uint32_t plain_d2(const int16_t *x, const int16_t *y, size_t width)
{
    int64_t sum = 0;
    for (size_t i = 0; i < width; i++) {
        int64_t d = (int64_t)x[i] - y[i];
        sum += d * d;
    }
    return (uint32_t)sum;
}

static void test_rounding(void **state)
{
    (void)state;
    float e[FN_DIM] = {1.5f / 16384, 2.5f / 16384, -1.5f / 16384, 7.0f, -7.0f, (float)NAN};
    int16_t x[FN_DIM];
    memset(x, 0x5a, sizeof x);
    fn_q14_from_float(x, e, 32);
    const int16_t want[33] = {2, 2, -2, 16384, -16384, 0, [32] = 0x5a5a};
    assert_memory_equal(x, want, sizeof want);
}

static void test_float_round_trip(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(1, 0);
    for (int n = 0; n < 50; n++) {
        float e[FN_WIDTH_MAX], f[FN_WIDTH_MAX];
        int16_t x[FN_WIDTH_MAX];
        size_t width = random_width(&r);
        random_unit(&r, e, width);
        fn_q14_from_float(x, e, width);
        fn_q14_to_float(f, x, width);
        double norm2 = 0;
        for (size_t i = 0; i < width; i++) {
            assert_true(fabsf(e[i] - f[i]) < 1e-4f);
            norm2 += (double)f[i] * (double)f[i];
        }
        assert_true(fabs(norm2 - 1) < 1e-5);
    }
    int16_t zero[FN_DIM] = {0};
    float f[FN_DIM];
    fn_q14_to_float(f, zero, FN_DIM);
    assert_true(f[0] == 0.0f && f[FN_DIM - 1] == 0.0f);
}

/* The distance of two units is the squared L2 distance in units of 2^-28, up to the rounding of
 * q14. */
static void test_meaning(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(2, 0);
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    for (int n = 0; n < 50; n++) {
        float a[FN_WIDTH_MAX], b[FN_WIDTH_MAX];
        int16_t x[FN_WIDTH_MAX], y[FN_WIDTH_MAX];
        size_t width = random_width(&r);
        random_unit(&r, a, width);
        random_unit(&r, b, width);
        fn_q14_from_float(x, a, width);
        fn_q14_from_float(y, b, width);
        double want = 0;
        for (size_t i = 0; i < width; i++)
            want += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        assert_true(fabs(k->d2(x, y, width) / (double)FN_Q14_ONE - want) < 2e-3);
        assert_int_equal(k->d2(x, x, width), 0);
    }
}

/* The largest distance of two units does not overflow: opposite ones, with all weight in one
 * value or evenly in all. */
static void test_bounds(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    for (size_t width = 32; width <= FN_WIDTH_MAX; width += 32) {
        for (int even = 0; even < 2; even++) {
            float e[FN_WIDTH_MAX] = {1}, f[FN_WIDTH_MAX] = {-1};
            int16_t x[FN_WIDTH_MAX], y[FN_WIDTH_MAX];
            for (size_t i = 0; even && i < width; i++) {
                e[i] = 1 / sqrtf((float)width);
                f[i] = -e[i];
            }
            fn_q14_from_float(x, e, width);
            fn_q14_from_float(y, f, width);
            for (unsigned m = 0; m < n; m++) {
                double d = fn_vector_kernels(masks[m])->d2(x, y, width) / (double)FN_Q14_ONE;
                assert_true(fabs(d - 4) < .01);
            }
        }
    }
}

static void check_rows(const struct fn_vector_kernels *k, const int16_t *x, const int16_t *rows,
                       size_t n, size_t width)
{
    uint32_t out[ROWS_MAX + 2];
    memset(out, 0x5a, sizeof out);
    k->d2_rows(out + 1, x, rows, n, width);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(out[i + 1], plain_d2(x, rows + i * width, width));
        assert_int_equal(out[i + 1], k->d2(x, rows + i * width, width));
    }
    assert_int_equal(out[0], GUARD);
    assert_int_equal(out[n + 1], GUARD);
}

static void check_tile(const struct fn_vector_kernels *k, const int16_t *x, size_t nx,
                       const int16_t *rows, size_t n, size_t width)
{
    static uint32_t out[X_MAX * (ROWS_MAX + 3) + 2];
    size_t stride = n + n % 4;
    memset(out, 0x5a, sizeof out);
    k->d2_tile(out + 1, stride, x, nx, rows, n, width);
    for (size_t i = 0; i < nx; i++) {
        const uint32_t *line = out + 1 + i * stride;
        for (size_t j = 0; j < stride; j++)
            assert_int_equal(line[j],
                             j < n ? plain_d2(x + i * width, rows + j * width, width) : GUARD);
    }
    assert_int_equal(out[0], GUARD);
    assert_int_equal(out[nx * stride + 1], GUARD);
}

/* Numbers like those of embeddings; arbitrary numbers; mostly the least int16, whose pair of
 * products does not fit into 31 bits. */
static void fill(struct fn_rng *r, int16_t *x, size_t n, int kind)
{
    int range = kind == 0 ? 2900 : 65536;
    for (size_t i = 0; i < n; i++) {
        x[i] = (int16_t)((int64_t)fn_rng_below(r, (uint64_t)range) - range / 2);
        if (kind == 2 && fn_rng_below(r, 3))
            x[i] = INT16_MIN;
    }
}

static int16_t *make_rows(size_t n)
{
    int16_t *mem = malloc((n * FN_WIDTH_MAX + 1) * sizeof *mem);
    assert_non_null(mem);
    return mem;
}

static void test_all_masks(void **state)
{
    (void)state;
    unsigned masks[8], n_masks = fn_cpu_masks(masks);
    struct fn_rng r = fn_rng_init(3, 0);
    int16_t *mem = make_rows(X_MAX + ROWS_MAX);
    for (int round = 0; round < 90; round++) {
        size_t width = round % 3 ? random_width(&r) : FN_DIM;
        size_t nx = fn_rng_below(&r, X_MAX + 1), n = fn_rng_below(&r, ROWS_MAX + 1);
        int16_t *x = mem + (round & 1), *rows = x + nx * width; /* 2-byte aligned only */
        fill(&r, x, (nx + n) * width, round / 30);
        for (unsigned m = 0; m < n_masks; m++) {
            const struct fn_vector_kernels *k = fn_vector_kernels(masks[m]);
            if (nx)
                check_rows(k, x, rows, n, width);
            check_tile(k, x, nx, rows, n, width);
        }
    }
    free(mem);
}

/* Every count of rows on both sides, at a small width. */
static void test_all_counts(void **state)
{
    (void)state;
    unsigned masks[8], n_masks = fn_cpu_masks(masks);
    struct fn_rng r = fn_rng_init(4, 0);
    int16_t *mem = make_rows(X_MAX + ROWS_MAX);
    fill(&r, mem, (size_t)(X_MAX + ROWS_MAX) * 32, 1);
    for (unsigned m = 0; m < n_masks; m++) {
        const struct fn_vector_kernels *k = fn_vector_kernels(masks[m]);
        for (size_t n = 0; n <= ROWS_MAX; n++) {
            check_rows(k, mem, mem + (size_t)X_MAX * 32, n, 32);
            for (size_t nx = 0; nx <= X_MAX; nx++)
                check_tile(k, mem, nx, mem + (size_t)X_MAX * 32, n, 32);
        }
    }
    free(mem);
}

/* More rows of x than a tile keeps the lengths of. */
static void test_tall_tile(void **state)
{
    (void)state;
    enum { TALL = 523, N = 7, WIDTH = 64 };
    unsigned masks[8], n_masks = fn_cpu_masks(masks);
    struct fn_rng r = fn_rng_init(5, 0);
    static int16_t x[TALL * WIDTH], rows[N * WIDTH];
    static uint32_t out[TALL * N];
    fill(&r, x, TALL * WIDTH, 0);
    fill(&r, rows, N * WIDTH, 0);
    for (unsigned m = 0; m < n_masks; m++) {
        memset(out, 0, sizeof out);
        fn_vector_kernels(masks[m])->d2_tile(out, N, x, TALL, rows, N, WIDTH);
        for (size_t i = 0; i < TALL; i++)
            for (size_t j = 0; j < N; j++)
                assert_int_equal(out[i * N + j],
                                 plain_d2(x + i * WIDTH, rows + j * WIDTH, WIDTH));
    }
}

static void test_masks(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    assert_true(n >= 1 && n <= 8);
    assert_int_equal(masks[0], FN_CPU_C);
    assert_int_equal(masks[n - 1], fn_cpu_flags());
    assert_int_equal(fn_cpu_resolve(FN_CPU_DETECT), fn_cpu_flags());
    assert_int_equal(fn_cpu_resolve(~FN_CPU_DETECT), fn_cpu_flags());
    assert_int_equal(fn_cpu_resolve(FN_CPU_C), FN_CPU_C);
    assert_string_equal(fn_cpu_name(FN_CPU_C), "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding),  cmocka_unit_test(test_float_round_trip),
        cmocka_unit_test(test_meaning),   cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_all_masks), cmocka_unit_test(test_all_counts),
        cmocka_unit_test(test_tall_tile), cmocka_unit_test(test_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
