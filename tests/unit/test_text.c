/* SPDX-License-Identifier: MIT */
/* Names: equal ones by hand, and properties of any text. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "engine/base/rng.h"
#include "engine/base/text.h"
#include "engine/base/utf8.h"

enum { NAME = 256 };

static void same_and_other(void **state)
{
    static const struct {
        const char *a, *b;
        int same;
    } rows[] = {
        {"Anna Berg", "anna berg", 1},
        {"Anna Berg", "  Anna \t Berg ", 1},
        {"Anna Berg", "Anna\u00a0\u3000Berg", 1}, /* no-break and ideographic spaces */
        {"Anna", "Ann", 0},
        {"Jos\u00e9", "Jose\u0301", 1},
        {"Jos\u00e9", "JOSE\u0301", 1},
        {"Jos\u00e9", "Jose", 0}, /* an accent is a difference */
        {"\u0421\u0435\u0440\u0435\u043d\u0430", "\u0441\u0435\u0440\u0435\u043d\u0430", 1},
        {"STRASSE", "stra\u00dfe", 1},
        {"\u1e9e", "ss", 1},
        {"\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
         "\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3", 1}, /* final sigma */
        {"\ufb01n", "fin", 1},                             /* a ligature folds */
        {"\u2460", "1", 0}, /* compatibility forms do not: NFC, not NFKC */
        {"\u212bngstr\u00f6m", "\u00e5ngstro\u0308m", 1}, /* the sign is the letter */
        {"\u1fb4", "\u03b1\u0345\u0301", 1},              /* marks in another order */
        {"\u1100\u1161", "\uac00", 1},                    /* Hangul letters and syllable */
        {"\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u0631\u0636\u0627",
         1},                       /* Persian, with and without the non-joiner */
        {"An\u00adna", "Anna", 1}, /* a soft hyphen shows nothing */
        {"", " ", 1},
        {"a\xff", "a\xfe", 1}, /* invalid UTF-8 */
        {"a\xff", "a", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (fn_text_equal(rows[i].a, rows[i].b) != rows[i].same)
            fail_msg("'%s' and '%s' are not %d", rows[i].a, rows[i].b, rows[i].same);
        assert_int_equal(fn_text_equal(rows[i].b, rows[i].a), rows[i].same);
    }
}

static char *encode(const utf8proc_int32_t *c, size_t n)
{
    char *s = calloc(n * 4 + 1, 1);
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        at += (size_t)utf8proc_encode_char(c[i], (utf8proc_uint8_t *)s + at);
    return s;
}

/* The keys of s, of its NFD and of the key itself are equal. The key is NFC, and has no capital
 * with a simple lower-case form. */
static void check_key(const char *s)
{
    char *key = fn_text_key(s), *again = fn_text_key(key);
    char *nfd = (char *)utf8proc_NFD((const utf8proc_uint8_t *)s),
         *nfc = (char *)utf8proc_NFC((const utf8proc_uint8_t *)s),
         *key_nfc = (char *)utf8proc_NFC((const utf8proc_uint8_t *)key);
    char *key_of_nfd = fn_text_key(nfd), *key_of_nfc = fn_text_key(nfc);
    assert_string_equal(again, key);
    assert_string_equal(key_of_nfd, key);
    assert_string_equal(key_of_nfc, key);
    assert_string_equal(key_nfc, key);
    assert_true(fn_utf8_valid(key, strlen(key)));
    free(key);
    free(again);
    free(nfd);
    free(nfc);
    free(key_nfc);
    free(key_of_nfd);
    free(key_of_nfc);
}

static bool is_scalar(utf8proc_int32_t c)
{
    return c > 0 && c < 0x110000 && !(c >= 0xd800 && c < 0xe000);
}

static void every_code_point(void **state)
{
    (void)state;
    for (utf8proc_int32_t c = 1; c < 0x110000; c++) {
        if (!is_scalar(c) || utf8proc_category(c) == UTF8PROC_CATEGORY_CN)
            continue;
        const utf8proc_int32_t word[] = {'a', c, 'B'};
        char *s = encode(word, 3);
        check_key(s);
        free(s);
    }
}

/* Code points that often occur together: letters with marks, Greek with iotas, spaces,
 * joiners. */
static utf8proc_int32_t pick(struct fn_rng *r)
{
    static const utf8proc_int32_t first[] = {0x20,   0x41,   0xc0,   0x300,  0x345,  0x370,
                                             0x400,  0x530,  0x600,  0x900,  0xd00,  0x1100,
                                             0x1e00, 0x1f00, 0x2000, 0x3040, 0xac00, 0x1f300};
    if (!fn_rng_below(r, 8))
        return (utf8proc_int32_t)fn_rng_below(r, 0x110000);
    return first[fn_rng_below(r, sizeof first / sizeof *first)] +
           (utf8proc_int32_t)fn_rng_below(r, 0x60);
}

static size_t random_text(struct fn_rng *r, utf8proc_int32_t *out, size_t max)
{
    size_t n = 0, want = fn_rng_below(r, max + 1);
    while (n < want) {
        utf8proc_int32_t c = pick(r);
        if (is_scalar(c))
            out[n++] = c;
    }
    return n;
}

static void random_texts(void **state)
{
    struct fn_rng r = fn_rng_init(7, 0);
    (void)state;
    for (int round = 0; round < 60000; round++) {
        utf8proc_int32_t c[12];
        char *s = encode(c, random_text(&r, c, 12));
        check_key(s);
        free(s);
    }
}

static void cleaned(void **state)
{
    static const struct {
        const char *name, *want;
    } rows[] = {
        {"Anna Berg", "Anna Berg"},
        {"  Anna   Berg ", "Anna Berg"},
        {"Anna\u00a0\u2003\u3000Berg", "Anna Berg"},
        {"Jose\u0301", "Jos\u00e9"},
        {"\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", /* Persian: non-joiner between letters */
         "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"},
        {"\u0d30\u0d3e\u0d1c\u0d28\u0d4d\u200d", /* Malayalam: a joiner ends the name */
         "\u0d30\u0d3e\u0d1c\u0d28\u0d4d\u200d"},
        {"O\u2019Neill-M\u00fcller, Jr.", "O\u2019Neill-M\u00fcller, Jr."},
        {"Oma \U0001f475\U0001f3fd", "Oma \U0001f475\U0001f3fd"},
        {"7", "7"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[NAME];
        struct fn_error err = {0};
        if (fn_name_clean(rows[i].name, out, sizeof out, &err))
            fail_msg("'%s': %s", rows[i].name, err.text);
        assert_string_equal(out, rows[i].want);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *name, *says;
    } rows[] = {
        {"", "a name must not be empty"},
        {" \u00a0\u3000 ", "a name must not be empty"},
        {"\u3164\u115f", "a name must not be empty"}, /* invisible letters */
        {"Anna\nBerg", "a name must not hold control characters"},
        {"Anna\tBerg", "a name must not hold control characters"},
        {"Anna\x1b[31m", "a name must not hold control characters"},
        {"Anna\xc2\x85", "a name must not hold control characters"},
        {"Anna\u2028Berg", "a name must not hold line ends (U+2028)"},
        {"Anna\u2029Berg", "a name must not hold line ends (U+2029)"},
        {"A\xff", "a name must be UTF-8"},
        {"A\xed\xa0\x80", "a name must be UTF-8"},
    };
    static const unsigned hidden[] = {0xad,   0x61c,  0x180e, 0x200b, 0x200c, 0x200d,
                                      0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d,
                                      0x202e, 0x2060, 0x2061, 0x2066, 0x2067, 0x2068,
                                      0x2069, 0x206f, 0xfeff, 0xe0041};
    (void)state;
    struct fn_error err = {0};
    char out[NAME] = "kept";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(fn_name_clean(rows[i].name, out, sizeof out, &err), FN_EUSAGE);
        assert_string_equal(err.text, rows[i].says);
    }
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        const utf8proc_int32_t inside[] = {'A', (utf8proc_int32_t)hidden[i], ' ', 'B'};
        char *s = encode(inside, 4), want[16];
        (void)snprintf(want, sizeof want, "(U+%04X)", hidden[i]);
        assert_int_equal(fn_name_clean(s, out, sizeof out, &err), FN_EUSAGE);
        assert_non_null(strstr(err.text, "invisible characters"));
        assert_non_null(strstr(err.text, want));
        free(s);
    }
    assert_string_equal(out, "kept");
}

static void length(void **state)
{
    char name[400], out[NAME];
    struct fn_error err = {0};
    (void)state;
    memset(name, 'a', sizeof name);
    name[NAME] = '\0';
    assert_int_equal(fn_name_clean(name, out, sizeof out, &err), FN_EUSAGE);
    assert_string_equal(err.text, "a name has at most 255 bytes");
    name[NAME - 1] = '\0';
    assert_int_equal(fn_name_clean(name, out, sizeof out, &err), 0);
    assert_string_equal(out, name);
    memset(name, ' ', 390); /* removed characters are not counted */
    memcpy(name + 390, "Anna", 5);
    assert_int_equal(fn_name_clean(name, name, NAME, &err), 0); /* in place */
    assert_string_equal(name, "Anna");
}

/* A cleaned name is clean, is the same name, and has none of the refused characters. */
static void random_names(void **state)
{
    struct fn_rng r = fn_rng_init(8, 0);
    size_t n_good = 0;
    (void)state;
    for (int round = 0; round < 60000; round++) {
        utf8proc_int32_t c[10];
        char *s = encode(c, random_text(&r, c, 10)), out[NAME], again[NAME];
        struct fn_error err;
        int rc = fn_name_clean(s, out, sizeof out, &err);
        assert_true(rc == 0 || rc == FN_EUSAGE);
        if (!rc) {
            n_good++;
            assert_int_equal(fn_name_clean(out, again, sizeof again, &err), 0);
            assert_string_equal(again, out);
            assert_int_equal(fn_text_equal(s, out), 1);
            assert_true(out[0] && out[0] != ' ' && out[strlen(out) - 1] != ' ');
            assert_null(strstr(out, "  "));
        }
        free(s);
    }
    assert_true(n_good > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_and_other), cmocka_unit_test(every_code_point),
        cmocka_unit_test(random_texts),   cmocka_unit_test(cleaned),
        cmocka_unit_test(refused),        cmocka_unit_test(length),
        cmocka_unit_test(random_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
