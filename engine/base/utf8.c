/* SPDX-License-Identifier: MIT */
#include "engine/base/utf8.h"

#include <errno.h>
#include <string.h>
#include <utf8proc.h>

#include "engine/base/hex.h"

/* Length and code point of the valid sequence at s. 0 when it is invalid (RFC 3629 section 4:
 * no overlong forms, no surrogates). */
static size_t sequence(const char *s, size_t n, uint32_t *ret)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)s, n < 4 ? (utf8proc_ssize_t)n : 4, &c);
    if (len <= 0)
        return 0;
    *ret = (uint32_t)c;
    return (size_t)len;
}

bool fn_utf8_valid(const char *s, size_t n)
{
    uint32_t c;
    while (n > 0) {
        size_t len = sequence(s, n, &c);
        if (!len)
            return false;
        s += len;
        n -= len;
    }
    return true;
}

void fn_utf8_sanitize(struct fn_buf *out, const char *s, size_t n)
{
    uint32_t c;
    while (n > 0) {
        size_t len = sequence(s, n, &c);
        if (len)
            fn_buf_add(out, s, len);
        else
            fn_buf_str(out, "\xef\xbf\xbd");
        s += len ? len : 1;
        n -= len ? len : 1;
    }
}

uint32_t fn_utf8_next(const char **s, const char *end)
{
    uint32_t c = 0xfffd;
    size_t len = sequence(*s, (size_t)(end - *s), &c);
    *s += len ? len : 1;
    return c;
}

void fn_utf8_printable(struct fn_buf *out, const char *s, size_t n)
{
    const char *end = s + n;
    while (s < end) {
        uint32_t c = 0;
        size_t len = sequence(s, (size_t)(end - s), &c);
        /* U+202A..E and U+2066..9 reorder the text after them on a terminal. */
        bool hide = !len || c < 0x20 || (c >= 0x7f && c < 0xa0) ||
                    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        size_t step = len ? len : 1;
        if (!hide)
            fn_buf_add(out, s, step);
        for (size_t i = 0; hide && i < step; i++)
            fn_buf_printf(out, "\\x%02x", (unsigned char)s[i]);
        s += step;
    }
}

size_t fn_utf8_width(const char *s, size_t n)
{
    const char *end = s + n;
    size_t w = 0;
    while (s < end)
        w += (size_t)utf8proc_charwidth((utf8proc_int32_t)fn_utf8_next(&s, end));
    return w;
}

static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void fn_base64(struct fn_buf *out, const void *p, size_t n)
{
    const unsigned char *s = p;
    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        uint32_t v = (uint32_t)s[i] << 16 | (left > 1 ? (uint32_t)s[i + 1] << 8 : 0) |
                     (left > 2 ? s[i + 2] : 0u);
        fn_buf_char(out, digit[v >> 18]);
        fn_buf_char(out, digit[v >> 12 & 63]);
        fn_buf_char(out, left > 1 ? digit[v >> 6 & 63] : '=');
        fn_buf_char(out, left > 2 ? digit[v & 63] : '=');
    }
}

int fn_base64_decode(struct fn_buf *out, const char *s, size_t n)
{
    int8_t value[256];
    memset(value, -1, sizeof value);
    for (int i = 0; i < 64; i++)
        value[(unsigned char)digit[i]] = (int8_t)i;
    if (n % 4)
        return -EINVAL;
    for (size_t i = 0; i < n; i += 4) {
        bool last = i + 4 == n;
        size_t pad = !last || s[i + 3] != '=' ? 0 : s[i + 2] != '=' ? 1 : 2;
        uint32_t v = 0;
        for (size_t k = 0; k < 4; k++) {
            int d = k < 4 - pad ? value[(unsigned char)s[i + k]] : 0;
            if (d < 0)
                return -EINVAL;
            v = v << 6 | (uint32_t)d;
        }
        if (v & ((1u << 8 * pad) - 1)) /* bits that would be lost */
            return -EINVAL;
        const char b[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
        fn_buf_add(out, b, 3 - pad);
    }
    return 0;
}

static bool unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

void fn_percent_encode(struct fn_buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (unreserved(c))
            fn_buf_char(out, (char)c);
        else
            fn_buf_printf(out, "%%%02X", c);
    }
}

int fn_percent_decode(struct fn_buf *out, const char *s, size_t n)
{
    size_t start = out->len;
    for (size_t i = 0; i < n; i++) {
        int c = (unsigned char)s[i];
        if (c == '%') {
            uint8_t byte = 0;
            c = n - i > 2 && !fn_hex_decode(&byte, s + i + 1, 1) ? byte : 0;
            i += 2;
        }
        if (c == 0) {
            out->len = start;
            if (out->data)
                out->data[start] = '\0';
            return -EINVAL;
        }
        fn_buf_char(out, (char)c);
    }
    return 0;
}
