/* SPDX-License-Identifier: MIT */
/* Hexadecimal digits compared with printf and strtoul. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/hex.h"
#include "engine/base/rng.h"

static void digits_are_printf_s(void **state)
{
    struct fn_rng r = fn_rng_init(3, 0);
    (void)state;
    for (int round = 0; round < 2000; round++) {
        uint8_t b[40], back[40];
        char out[81], want[81] = "";
        size_t n = fn_rng_below(&r, sizeof b + 1);
        for (size_t i = 0; i < n; i++) {
            b[i] = (uint8_t)fn_rng_u64(&r);
            (void)snprintf(want + 2 * i, 3, "%02x", b[i]);
        }
        fn_hex_encode(out, b, n);
        assert_string_equal(out, want);
        for (size_t i = 0; i < 2 * n; i++)
            if (fn_rng_below(&r, 2))
                out[i] = (char)toupper((unsigned char)out[i]);
        assert_int_equal(fn_hex_decode(back, out, n), 0);
        assert_memory_equal(back, b, n);
    }
}

static void one_wrong_digit_is_refused(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[5] = "12ab";
        uint8_t out[2];
        bool ok = c && isxdigit(c);
        for (size_t at = 0; at < 4; at++) {
            memcpy(text, "12ab", 5);
            text[at] = (char)c;
            assert_int_equal(fn_hex_decode(out, text, 2), ok ? 0 : -EINVAL);
            if (ok)
                assert_int_equal(out[0] << 8 | out[1], strtoul(text, NULL, 16));
        }
        assert_int_equal(fn_hex_value((char)c) >= 0, ok);
    }
}

/* A short string ends the reading. The byte after it is not read (sanitizers check this). */
static void a_short_string_is_refused(void **state)
{
    char *three = strdup("abc");
    uint8_t out[2];
    (void)state;
    assert_int_equal(fn_hex_decode(out, three, 2), -EINVAL);
    three[0] = '\0';
    assert_int_equal(fn_hex_decode(out, three, 2), -EINVAL);
    free(three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_printf_s),
        cmocka_unit_test(one_wrong_digit_is_refused),
        cmocka_unit_test(a_short_string_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
