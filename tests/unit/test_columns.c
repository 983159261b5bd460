/* SPDX-License-Identifier: MIT */
/* Shortening and folding, against plain references over random strings. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

#include "engine/base/columns.h"
#include "engine/base/rng.h"
#include "engine/base/terminal.h"
#include "engine/base/utf8.h"

enum { TEXT = 512, CLUSTERS = 128 };

/* Letters, wide ones, marks of their own code point, joined emoji, flags, Hangul, two scripts
 * that are written from the right. */
static const char *const letters[] = {
    "a",
    "W",
    " ",
    "/",
    ",",
    "\u00e9",
    "e\u0301",
    "\u6f22",
    "\u304b\u3099",
    "\U0001f469\u200d\U0001f467",
    "\U0001f1e9\U0001f1ea",
    "\U0001f44d\U0001f3fd",
    "\u05d0",
    "\u0628\u064e",
    "\u1100\u1161",
    "\u0915\u094d\u0937",
    "\uff21",
    ".",
};

static void add(char *out, const char *s)
{
    memcpy(out + strlen(out), s, strlen(s) + 1);
}

static void make_text(struct fn_rng *rng, char out[TEXT])
{
    size_t n = fn_rng_below(rng, 40);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++)
        add(out, letters[fn_rng_below(rng, sizeof letters / sizeof *letters)]);
}

/* ---- the references ---- */

struct cluster {
    size_t at, n, width;
};

static size_t clusters_of(const char *s, struct cluster c[CLUSTERS])
{
    const char *end = s + strlen(s);
    utf8proc_int32_t before = 0, state = 0;
    size_t n = 0;
    for (const char *p = s; p < end;) {
        size_t at = (size_t)(p - s);
        utf8proc_int32_t now = (utf8proc_int32_t)fn_utf8_next(&p, end);
        if (at == 0 || utf8proc_grapheme_break_stateful(before, now, &state))
            c[n++] = (struct cluster){.at = at};
        c[n - 1].n = (size_t)(p - s) - c[n - 1].at;
        c[n - 1].width += (size_t)utf8proc_charwidth(now);
        before = now;
    }
    return n;
}

static size_t sum(const struct cluster *c, size_t from, size_t to)
{
    size_t w = 0;
    for (size_t i = from; i < to; i++)
        w += c[i].width;
    return w;
}

/* The rule of columns.h, with all clusters in an array. */
static void plain_shorten(const char *s, size_t columns, const char *sign, char *out)
{
    struct cluster c[CLUSTERS] = {{0}};
    size_t n = clusters_of(s, c), gap = fn_utf8_width(sign, strlen(sign)), head = n, tail = n;
    if (sum(c, 0, n) > columns && columns < gap + 2) {
        while (sum(c, 0, head) > columns)
            head--;
        sign = "";
    } else if (sum(c, 0, n) > columns) {
        size_t left = columns - gap, half = left - left / 2, most = left - left / 4, last = 0;
        const char *slash = strrchr(s, '/');
        for (size_t i = 0; slash && i < n; i++)
            last += c[i].at >= (size_t)(slash - s) ? c[i].width : 0;
        size_t share = last < half ? half : last > most ? most : last;
        tail = 0;
        while (sum(c, tail, n) > share)
            tail++;
        while (sum(c, 0, head) > left - sum(c, tail, n))
            head--;
    } else {
        sign = "";
    }
    size_t bytes = head < n ? c[head].at : strlen(s);
    memcpy(out, s, bytes);
    out[bytes] = '\0';
    add(out, sign);
    if (tail < n)
        add(out, s + c[tail].at);
}

/* ---- shortening ---- */

static void check_shorten(const char *s, size_t columns, const char *sign)
{
    char want[TEXT + 16];
    struct fn_buf b;
    fn_buf_init(&b, 1 << 12);
    fn_shorten(&b, s, columns, sign);
    plain_shorten(s, columns, sign, want);
    assert_string_equal(fn_buf_cstr(&b), want);
    assert_true(fn_utf8_width(fn_buf_cstr(&b), b.len) <= columns);
    assert_true(fn_utf8_valid(fn_buf_cstr(&b), b.len));
    fn_buf_finish(&b);
}

static void random_texts_are_shortened_by_the_rule(void **state)
{
    struct fn_rng rng = fn_rng_init(12, 1);
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char s[TEXT];
        make_text(&rng, s);
        check_shorten(s, fn_rng_below(&rng, 50), i % 2 ? "\u2026" : "...");
    }
}

static void shortened(const char *s, size_t columns, const char *want)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 12);
    fn_shorten(&b, s, columns, "\u2026");
    assert_string_equal(fn_buf_cstr(&b), want);
    fn_buf_finish(&b);
}

static void known_texts_are_shortened(void **state)
{
    (void)state;
    shortened("Ann Berg", 8, "Ann Berg");
    shortened("Anna-Lena Berg", 9, "Anna\u2026Berg");
    shortened("~/Pictures/2019/Summer/IMG_0001.jpg", 20, "~/Pict\u2026/IMG_0001.jpg");
    shortened("\u6f22\u5b57\u6f22\u5b57", 6, "\u6f22\u2026\u5b57"); /* one column is left */
    shortened("abc", 2, "ab");
    shortened("abc", 0, "");
}

/* ---- folding ---- */

/* Walks the folded text along the original: the same but for spaces at line ends. */
static void check_lines(const char *s, const char *folded, size_t columns, size_t hang)
{
    const char *line = folded;
    while (*folded) {
        if (*folded != '\n') {
            while (*s == ' ' && *folded != ' ')
                s++;
            assert_int_equal(*s++, *folded++);
            continue;
        }
        assert_true(fn_utf8_width(line, (size_t)(folded - line)) <= columns);
        bool at_space = *s == ' ';
        size_t width = fn_utf8_width(line, (size_t)(folded - line));
        while (*s == ' ') {
            s++;
            width++;
        }
        /* At a space the next word did not fit. */
        if (at_space)
            assert_true(width + fn_utf8_width(s, strcspn(s, " ")) > columns);
        folded++;
        for (size_t i = 0; i < hang; i++)
            assert_int_equal(*folded++, ' ');
        line = folded - hang;
    }
    assert_true(fn_utf8_width(line, strlen(line)) <= columns);
    assert_int_equal(strspn(s, " "), strlen(s));
}

static void random_texts_are_folded(void **state)
{
    struct fn_rng rng = fn_rng_init(12, 2);
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char s[TEXT];
        size_t columns = 20 + fn_rng_below(&rng, 40), hang = fn_rng_below(&rng, 10);
        struct fn_buf b;
        make_text(&rng, s);
        fn_buf_init(&b, 1 << 14);
        fn_fold_line(&b, s, strlen(s), columns, 0, hang);
        check_lines(s, fn_buf_cstr(&b), columns, hang);
        fn_buf_finish(&b);
    }
}

static void folded(const char *s, size_t columns, const char *want)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 12);
    fn_fold(&b, s, strlen(s), columns);
    assert_string_equal(fn_buf_cstr(&b), want);
    fn_buf_finish(&b);
}

static void known_texts_are_folded(void **state)
{
    (void)state;
    folded("short\n\nlines\n", 20, "short\n\nlines\n");
    folded("exactly twenty wide.\n", 20, "exactly twenty wide.\n");
    folded("one two three four five\n", 20, "one two three four\n  five\n");
    folded("  -n  print what would change\n", 20, "  -n  print what\n      would change\n");
    folded("\033[2mone two three\033[0m four five\n", 20,
           "\033[2mone two three\033[0m four\n  five\n");
    folded("in /a/long/path/to/some/file\n", 20, "in /a/long/path/to/\n  some/file\n");
    /* a command to copy is never broken */
    folded("  to do it: fnq confirm --of 'Ann Berg' --yes\n", 20,
           "  to do it:\n    fnq confirm --of 'Ann Berg' --yes\n");
    folded("  fnq find only:ann,tom -0 | xargs\n", 20, "  fnq find only:ann,tom -0 | xargs\n");
    folded("one two three four five: fnq undo L1", 20,
           "one two three four\n  five: fnq undo L1");
    folded("fnq: one two three: four five\n", 20, "fnq: one two three:\n  four five\n");
    folded("abcdefghijklmnopqrstuvwxyz", 20, "abcdefghijklmnopqrst\n  uvwxyz");
}

/* ---- the terminal ---- */

static void columns_and_locale(void **state)
{
    int fd[2];
    (void)state;
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(setenv("COLUMNS", "60", 1), 0);
    assert_int_equal(fn_terminal_columns(fd[1]), 60);
    assert_int_equal(setenv("COLUMNS", "3", 1), 0);
    assert_int_equal(fn_terminal_columns(fd[1]), 20);
    assert_int_equal(setenv("COLUMNS", "no", 1), 0);
    assert_int_equal(fn_terminal_columns(fd[1]), 80);
    (void)unsetenv("LC_ALL");
    (void)unsetenv("LC_CTYPE");
    assert_int_equal(setenv("LANG", "de_DE.UTF-8", 1), 0);
    assert_true(fn_terminal_utf8());
    assert_int_equal(setenv("LC_CTYPE", "C.utf8", 1), 0);
    assert_true(fn_terminal_utf8());
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    assert_false(fn_terminal_utf8());
    (void)close(fd[0]);
    (void)close(fd[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_texts_are_shortened_by_the_rule),
        cmocka_unit_test(known_texts_are_shortened),
        cmocka_unit_test(random_texts_are_folded),
        cmocka_unit_test(known_texts_are_folded),
        cmocka_unit_test(columns_and_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
