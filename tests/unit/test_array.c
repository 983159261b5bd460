/* SPDX-License-Identifier: MIT */
/* Growth and lower bound, compared with counting one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/rng.h"

static void growth_keeps_what_is_there(void **state)
{
    struct fn_rng r = fn_rng_init(1, 0);
    (void)state;
    for (int round = 0; round < 50; round++) {
        uint32_t *v = NULL;
        size_t n = 0, cap = 0, moves = 0, last = 0;
        while (n < 3000) {
            size_t k = 1 + fn_rng_below(&r, 40);
            uint32_t *w = fn_array_grow(v, &cap, n + k, sizeof *w);
            assert_non_null(w);
            assert_true(cap >= n + k);
            assert_true(cap == last || cap >= 2 * last);
            moves += cap != last;
            last = cap;
            v = w;
            for (size_t i = 0; i < k; i++, n++)
                v[n] = (uint32_t)(n * 2654435761u);
        }
        assert_true(moves <= 12);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(v[i], (uint32_t)(i * 2654435761u));
        free(v);
    }
}

static void growth_that_fails_changes_nothing(void **state)
{
    static const size_t need[] = {
        SIZE_MAX, SIZE_MAX / 8 + 1, SIZE_MAX / 8,
#ifndef FN_SANITIZED
        SIZE_MAX / 32, /* the allocator refuses; a sanitizer would end the program */
#endif
    };
    size_t cap = 0;
    (void)state;
    uint64_t *v = fn_array_grow(NULL, &cap, 3, sizeof *v);
    assert_non_null(v);
    v[0] = 7;
    size_t was = cap;
    for (size_t i = 0; i < sizeof need / sizeof *need; i++) {
        assert_null(fn_array_grow(v, &cap, need[i], sizeof *v));
        assert_int_equal(cap, was);
        assert_int_equal(v[0], 7);
    }
    assert_ptr_equal(fn_array_grow(v, &cap, 0, sizeof *v), v);
    free(v);
    cap = SIZE_MAX / 2 + 2; /* twice that overflows */
    assert_null(fn_array_grow(NULL, &cap, cap + 1, 1));
    assert_int_equal(cap, SIZE_MAX / 2 + 2);
    cap = 0;
    void *empty = fn_array_grow(NULL, &cap, 0, 1);
    assert_non_null(empty);
    free(empty);
}

/* Elements of twelve bytes, so that a wrong element size is noticed. */
struct row {
    uint32_t before, key, after;
};

static int by_key(const void *key, const void *elem)
{
    uint32_t k = *(const uint32_t *)key, e = ((const struct row *)elem)->key;
    return k < e ? -1 : k > e;
}

static void bound_is_the_count_of_less(void **state)
{
    struct fn_rng r = fn_rng_init(2, 0);
    struct row v[64];
    (void)state;
    for (int round = 0; round < 5000; round++) {
        size_t n = fn_rng_below(&r, 65);
        uint32_t at = 0;
        for (size_t i = 0; i < n; i++) {
            at += (uint32_t)fn_rng_below(&r, 4); /* some are equal */
            v[i] = (struct row){.before = UINT32_MAX, .key = at};
        }
        uint32_t key = (uint32_t)fn_rng_below(&r, at + 2);
        size_t less = 0;
        for (size_t i = 0; i < n; i++)
            less += v[i].key < key;
        assert_int_equal(fn_lower_bound(&key, v, n, sizeof *v, by_key), less);
    }
    uint32_t key = 1;
    assert_int_equal(fn_lower_bound(&key, NULL, 0, sizeof *v, by_key), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_keeps_what_is_there),
        cmocka_unit_test(growth_that_fails_changes_nothing),
        cmocka_unit_test(bound_is_the_count_of_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
