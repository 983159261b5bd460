/* The integer distance kernels: every version gives the same number as the plain one, for stored
 * embeddings and for arbitrary bytes, at any count and alignment, and writes nothing beyond its output. */
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

static void random_unit(struct fn_rng *r, float e[FN_DIM])
{
    double norm2 = 0;
    for (int i = 0; i < FN_DIM; i++) {
        e[i] = (float)(fn_rng_uniform(r) + fn_rng_uniform(r) - 1);
        norm2 += (double)e[i] * (double)e[i];
    }
    for (int i = 0; i < FN_DIM; i++)
        e[i] = (float)((double)e[i] / sqrt(norm2));
}

static uint32_t plain_d2(const int16_t *x, const int16_t *y)
{
    int64_t sum = 0;
    for (int i = 0; i < FN_DIM; i++) {
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
    fn_q14_from_float(x, e);
    const int16_t want[] = {2, 2, -2, 16384, -16384, 0, 0};
    assert_memory_equal(x, want, sizeof want);
}

static void test_float_round_trip(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(1, 0);
    for (int n = 0; n < 50; n++) {
        float e[FN_DIM], f[FN_DIM];
        int16_t x[FN_DIM];
        random_unit(&r, e);
        fn_q14_from_float(x, e);
        fn_q14_to_float(f, x);
        double norm2 = 0;
        for (int i = 0; i < FN_DIM; i++) {
            assert_true(fabsf(e[i] - f[i]) < 1e-4f);
            norm2 += (double)f[i] * (double)f[i];
        }
        assert_true(fabs(norm2 - 1) < 1e-5);
    }
    int16_t zero[FN_DIM] = {0};
    float f[FN_DIM];
    fn_q14_to_float(f, zero);
    assert_true(f[0] == 0.0f && f[FN_DIM - 1] == 0.0f);
}

/* The distance of two units is the squared L2 in units of 2^-28, to the rounding of q14. */
static void test_meaning(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(2, 0);
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    for (int n = 0; n < 50; n++) {
        float a[FN_DIM], b[FN_DIM];
        int16_t x[FN_DIM], y[FN_DIM];
        random_unit(&r, a);
        random_unit(&r, b);
        fn_q14_from_float(x, a);
        fn_q14_from_float(y, b);
        double want = 0;
        for (int i = 0; i < FN_DIM; i++)
            want += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        assert_true(fabs(k->d2(x, y) / (double)FN_Q14_ONE - want) < 1e-3);
        assert_int_equal(k->d2(x, x), 0);
    }
}

enum { ROWS_MAX = 19, GUARD = 0x5a5a5a5a };

static void check_rows(const struct fn_vector_kernels *k, const int16_t *x, const int16_t *rows)
{
    for (size_t n = 0; n <= ROWS_MAX; n++) {
        uint32_t out[ROWS_MAX + 2];
        memset(out, 0x5a, sizeof out);
        k->d2_rows(out + 1, x, rows, n);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(out[i + 1], plain_d2(x, rows + i * FN_DIM));
            assert_int_equal(out[i + 1], k->d2(x, rows + i * FN_DIM));
        }
        assert_int_equal(out[0], GUARD);
        assert_int_equal(out[n + 1], GUARD);
    }
}

static void test_all_masks(void **state)
{
    (void)state;
    unsigned masks[8], n = fn_cpu_masks(masks);
    struct fn_rng r = fn_rng_init(3, 0);
    int16_t *mem = malloc((ROWS_MAX + 2) * FN_Q14_BYTES);
    assert_non_null(mem);
    for (int round = 0; round < 40; round++) {
        int16_t *x = mem + (round & 1), *rows = x + FN_DIM; /* 2-byte aligned only */
        for (size_t i = 0; i < (ROWS_MAX + 1) * (size_t)FN_DIM; i++) {
            int range = round < 20 ? 2900 : 65536; /* like embeddings, then anything at all */
            x[i] = (int16_t)((int64_t)fn_rng_below(&r, (uint64_t)range) - range / 2);
            if (round >= 30 && fn_rng_below(&r, 3))
                x[i] = INT16_MIN; /* the one pair of products that does not fit 31 bits */
        }
        for (unsigned m = 0; m < n; m++)
            check_rows(fn_vector_kernels(masks[m]), x, rows);
    }
    free(mem);
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
        cmocka_unit_test(test_rounding), cmocka_unit_test(test_float_round_trip),
        cmocka_unit_test(test_meaning),  cmocka_unit_test(test_all_masks),
        cmocka_unit_test(test_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
