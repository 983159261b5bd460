/* SPDX-License-Identifier: MIT */
#include "cli/page/html.h"

#include <string.h>

#include "engine/base/utf8.h"

/* The length of the UTF-8 sequence at s, of at most n bytes; 0: invalid. */
static size_t sequence(const char *s, size_t n)
{
    for (size_t k = 1; k <= 4 && k <= n; k++)
        if (fn_utf8_valid(s, k))
            return k;
    return 0;
}

/* Code points that HTML forbids, or that would rearrange the text around them. */
static bool is_unfit(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x61c ||
           (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static void put_code_point(struct fn_buf *b, const char *s, size_t n)
{
    const char *at = s;
    uint32_t c = fn_utf8_next(&at, s + n);
    if (c < 0x20)
        fn_buf_printf(b, "&#%u;", 0x2400 + c);
    else if (c == 0x7f)
        fn_buf_str(b, "&#9249;");
    else if (c < 0x80 && strchr("&<>\"'", (int)c))
        fn_buf_printf(b, "&#%u;", c);
    else if (is_unfit(c))
        fn_buf_str(b, "\xef\xbf\xbd");
    else
        fn_buf_add(b, s, n);
}

void fnp_text_n(struct fn_buf *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t k = sequence(s + i, n - i);
        if (k)
            put_code_point(b, s + i, k);
        else
            fn_buf_str(b, "\xef\xbf\xbd");
        i += k ? k : 1;
    }
}

void fnp_text(struct fn_buf *b, const char *s)
{
    fnp_text_n(b, s, strlen(s));
}

void fnp_number(struct fn_buf *b, uint64_t n)
{
    if (n >= 1000) {
        fnp_number(b, n / 1000);
        fn_buf_printf(b, ",%03u", (unsigned)(n % 1000));
    } else {
        fn_buf_printf(b, "%u", (unsigned)n);
    }
}

void fnp_count(struct fn_buf *b, uint64_t n, const char *one, const char *many)
{
    fnp_number(b, n);
    fn_buf_char(b, ' ');
    fn_buf_str(b, n == 1 ? one : many);
}

/* The length of the common beginning that consists of whole components, with its slash. */
static size_t common(const char *from, const char *to)
{
    size_t same = 0, i = 0;
    for (; from[i] && from[i] == to[i]; i++)
        if (from[i] == '/')
            same = i + 1;
    return !from[i] && to[i] == '/' ? i + 1 : same;
}

void fnp_relative(struct fn_buf *b, const char *from, const char *to)
{
    size_t at = common(from, to), n = strlen(from);
    for (size_t i = at; i < n; i++)
        if (from[i] == '/' || i + 1 == n)
            fn_buf_str(b, "../");
    for (const char *s = to + at; *s;) {
        size_t k = strcspn(s, "/");
        fn_percent_encode(b, s, k);
        s += k;
        if (*s)
            fn_buf_char(b, *s++);
    }
}
