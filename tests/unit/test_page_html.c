/* SPDX-License-Identifier: MIT */
/* HTML text, relative addresses and words of a shell, over random bytes, compared with readers
 * that follow the standards literally: a text read back is the text that was written. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/page/html.h"
#include "engine/base/rng.h"
#include "engine/base/utf8.h"

enum { ROUNDS = 20000, MAX = 64 };

/* Any bytes but NUL; those that matter are frequent. */
static void random_bytes(struct fn_rng *r, char *out, size_t n)
{
    static const char frequent[] = "<>&\"'#?%/.:;\n\t \\$`=\xc3\xa4\xe2\x80\xae\xff\x7f"
                                   "abc019";
    for (size_t i = 0; i < n; i++)
        out[i] = fn_rng_below(r, 3) ? frequent[fn_rng_below(r, sizeof frequent - 1)]
                                    : (char)(1 + fn_rng_below(r, 255));
    out[n] = '\0';
}

/* ---- text ---- */

/* What the comment of fnp_text says, one code point after another. */
static void expected_text(struct fn_buf *out, const char *s)
{
    struct fn_buf clean;
    fn_buf_init(&clean, 4096);
    fn_utf8_sanitize(&clean, s, strlen(s));
    const char *at = fn_buf_cstr(&clean), *end = at + clean.len;
    while (at < end) {
        const char *from = at;
        uint32_t c = fn_utf8_next(&at, end);
        if (c < 0x20 || c == 0x7f) { /* their pictures, all of three bytes */
            uint32_t picture = c == 0x7f ? 0x2421 : 0x2400 + c;
            const char p[3] = {(char)0xe2, (char)(0x80 | ((picture >> 6) & 63)),
                               (char)(0x80 | (picture & 63))};
            fn_buf_add(out, p, 3);
        } else if ((c >= 0x80 && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
                   (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x61c ||
                   (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xffff) >= 0xfffe) {
            fn_buf_str(out, "\xef\xbf\xbd");
        } else {
            fn_buf_add(out, from, (size_t)(at - from));
        }
    }
    fn_buf_finish(&clean);
}

static void put_utf8(struct fn_buf *b, unsigned c)
{
    if (c < 0x80) {
        fn_buf_char(b, (char)c);
        return;
    }
    fn_buf_char(b, (char)(0xe0 | (c >> 12)));
    fn_buf_char(b, (char)(0x80 | ((c >> 6) & 63)));
    fn_buf_char(b, (char)(0x80 | (c & 63)));
}

/* A browser: only numbered references occur. */
static void read_html(struct fn_buf *out, const char *s)
{
    for (; *s; s++) {
        assert_null(strchr("<>\"'", *s));
        assert_true((unsigned char)*s >= 0x20 && *s != 0x7f);
        if (*s != '&') {
            fn_buf_char(out, *s);
            continue;
        }
        char *end;
        assert_true(s[1] == '#');
        put_utf8(out, (unsigned)strtoul(s + 2, &end, 10));
        assert_true(*end == ';');
        s = end;
    }
}

static void a_text_reads_back(void **state)
{
    struct fn_rng r = fn_rng_init(12, 0);
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        char s[MAX + 1];
        struct fn_buf html, back, want;
        fn_buf_init(&html, 4096);
        fn_buf_init(&back, 4096);
        fn_buf_init(&want, 4096);
        random_bytes(&r, s, fn_rng_below(&r, MAX));
        fnp_text(&html, s);
        assert_true(fn_utf8_valid(fn_buf_cstr(&html), html.len));
        read_html(&back, fn_buf_cstr(&html));
        expected_text(&want, s);
        assert_string_equal(fn_buf_cstr(&back), fn_buf_cstr(&want));
        fn_buf_finish(&html);
        fn_buf_finish(&back);
        fn_buf_finish(&want);
    }
}

static void a_tag_is_text(void **state)
{
    struct fn_buf b;
    (void)state;
    fn_buf_init(&b, 4096);
    fnp_text(&b, "<b>\"J\xc3\xbcrgen\" & 'Co'\n\xe4\xe2\x80\xae");
    assert_string_equal(fn_buf_cstr(&b),
                        "&#60;b&#62;&#34;J\xc3\xbcrgen&#34; &#38; &#39;Co&#39;&#9226;"
                        "\xef\xbf\xbd\xef\xbf\xbd");
    fn_buf_finish(&b);
}

static void numbers_have_commas(void **state)
{
    static const struct {
        uint64_t n;
        const char *text;
    } cases[] = {{0, "0 faces"},
                 {1, "1 face"},
                 {999, "999 faces"},
                 {1204, "1,204 faces"},
                 {1000007, "1,000,007 faces"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fn_buf b;
        fn_buf_init(&b, 64);
        fnp_count(&b, cases[i].n, "face", "faces");
        assert_string_equal(fn_buf_cstr(&b), cases[i].text);
        fn_buf_finish(&b);
    }
}

/* ---- addresses ---- */

/* An absolute path of up to five components. */
static void random_path(struct fn_rng *r, char *out, size_t *n)
{
    *n = 0;
    for (size_t k = 1 + fn_rng_below(r, 5); k; k--) {
        char part[9];
        size_t m = 1 + fn_rng_below(r, 3);
        random_bytes(r, part, m);
        for (size_t i = 0; i < m; i++)
            part[i] = part[i] == '/' || part[i] == '.' ? 'x' : part[i];
        *n += (size_t)snprintf(out + *n, 10, "/%s", fn_rng_below(r, 2) ? part : "same");
    }
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A browser, from the folder `from`: ".." removes a component, %XX is a byte. */
static void resolve(char *out, size_t size, const char *from, const char *url)
{
    size_t n = (size_t)snprintf(out, size, "%s", from);
    while (*url) {
        if (strncmp(url, "../", 3) == 0) {
            while (n && out[--n] != '/') {
            }
            url += 3;
            continue;
        }
        out[n++] = '/';
        for (; *url && *url != '/'; url++) {
            if (*url == '%') {
                out[n++] = (char)(16 * hex(url[1]) + hex(url[2]));
                url += 2;
            } else {
                out[n++] = *url;
            }
        }
        url += *url == '/';
    }
    out[n] = '\0';
}

static void an_address_leads_to_the_file(void **state)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "-._~/%";
    struct fn_rng r = fn_rng_init(13, 0);
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        char from[MAX], to[MAX], got[4 * MAX];
        size_t n, k;
        struct fn_buf b;
        fn_buf_init(&b, 4096);
        random_path(&r, from, &n);
        random_path(&r, to, &k);
        if (fn_rng_below(&r, 4) == 0) { /* below the folder */
            (void)snprintf(got, sizeof got, "%s/x%s", from, to);
            got[MAX - 1] = '\0';
            memcpy(to, got, MAX);
        }
        if (strncmp(from, to, strlen(to)) == 0)
            continue; /* a file that is a folder */
        fnp_relative(&b, from, to);
        const char *url = fn_buf_cstr(&b);
        assert_int_equal(url[strspn(url, safe)], '\0');
        assert_true(*url && *url != '/');
        resolve(got, sizeof got, from, url);
        assert_string_equal(got, to);
        fn_buf_finish(&b);
    }
}

static void addresses_are_short(void **state)
{
    static const char *const cases[][3] = {
        {"/a/b", "/a/b/c.jpg", "c.jpg"},
        {"/a/b", "/a/c.jpg", "../c.jpg"},
        {"/a/b", "/a/bc/d e?.jpg", "../bc/d%20e%3F.jpg"},
        {"/a/b/c", "/x/y", "../../../x/y"},
        {"/a", "/a/c:d#%41", "c%3Ad%23%2541"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fn_buf b;
        fn_buf_init(&b, 256);
        fnp_relative(&b, cases[i][0], cases[i][1]);
        assert_string_equal(fn_buf_cstr(&b), cases[i][2]);
        fn_buf_finish(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_reads_back),   cmocka_unit_test(a_tag_is_text),
        cmocka_unit_test(numbers_have_commas), cmocka_unit_test(an_address_leads_to_the_file),
        cmocka_unit_test(addresses_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
