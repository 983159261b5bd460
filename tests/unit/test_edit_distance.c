/* SPDX-License-Identifier: MIT */
/* Edit distance: known words, and random ones compared with the recursion that defines it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "engine/base/edit_distance.h"
#include "engine/base/rng.h"

static size_t between(const char *a, const char *b)
{
    return fn_edit_distance(a, strlen(a), b, strlen(b));
}

static void known_words(void **state)
{
    (void)state;
    assert_int_equal(between("", ""), 0);
    assert_int_equal(between("abc", ""), 3);
    assert_int_equal(between("kitten", "sitting"), 3);
    assert_int_equal(between("pahts", "paths"), 1); /* a swap */
    assert_int_equal(between("ca", "abc"), 3);      /* swapped ones are not edited again */
    assert_int_equal(between("Anna", "anna"), 1);
    assert_int_equal(between("Jose", "Jos\xc3\xa9"), 1); /* a code point, two bytes */
    assert_int_equal(between("12345678901234567890123456789012", "x"), 32);
    assert_int_equal(between("123456789012345678901234567890123", "x"), FN_EDIT_FAR);
    assert_int_equal(between("x", "123456789012345678901234567890123"), FN_EDIT_FAR);
    assert_int_equal(fn_edit_distance("abcdef", 3, "abcxyz", 3), 0); /* not NUL-terminated */
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t plain(const char *a, size_t na, const char *b, size_t nb)
{
    if (!na || !nb)
        return na + nb;
    size_t d = least(plain(a, na - 1, b, nb), plain(a, na, b, nb - 1)) + 1;
    d = least(d, plain(a, na - 1, b, nb - 1) + (a[na - 1] != b[nb - 1]));
    if (na > 1 && nb > 1 && a[na - 1] == b[nb - 2] && a[na - 2] == b[nb - 1])
        d = least(d, plain(a, na - 2, b, nb - 2) + 1);
    return d;
}

static void random_words(void **state)
{
    struct fn_rng r = fn_rng_init(5, 0);
    (void)state;
    for (int round = 0; round < 3000; round++) {
        char a[6], b[6];
        size_t na = fn_rng_below(&r, 7), nb = fn_rng_below(&r, 7);
        for (size_t i = 0; i < 6; i++) {
            a[i] = (char)('a' + fn_rng_below(&r, 3));
            b[i] = (char)('a' + fn_rng_below(&r, 3));
        }
        size_t d = fn_edit_distance(a, na, b, nb);
        assert_int_equal(d, plain(a, na, b, nb));
        assert_int_equal(d, fn_edit_distance(b, nb, a, na));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_words),
        cmocka_unit_test(random_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
