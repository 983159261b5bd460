/* SPDX-License-Identifier: MIT */
#include "engine/base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "engine/base/utf8.h"

enum { ZWNJ = 0x200c, ZWJ = 0x200d, NEXT_LINE = 0x85, VIRAMA_CLASS = 9 };

static bool is_ascii(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s >= 0x80)
            return false;
    return true;
}

static bool is_blank(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
    return k == UTF8PROC_CATEGORY_ZS || k == UTF8PROC_CATEGORY_ZL ||
           k == UTF8PROC_CATEGORY_ZP || c == NEXT_LINE;
}

static bool is_letter_or_mark(uint32_t c)
{
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
    return (k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) ||
           (k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME);
}

/* In place, for valid UTF-8. Each run of spaces becomes one space; leading and trailing ones
 * are removed. */
static void squeeze(char *s)
{
    const char *at = s, *end = s + strlen(s);
    char *to = s;
    bool gap = false;
    while (at < end) {
        const char *from = at;
        if (is_blank(fn_utf8_next(&at, end))) {
            gap = to > s;
            continue;
        }
        if (gap)
            *to++ = ' ';
        gap = false;
        memmove(to, from, (size_t)(at - from));
        to += at - from;
    }
    *to = '\0';
}

/* utf8proc allocates the result. NULL: out of memory. */
static char *mapped(const char *s, int options)
{
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)strlen(s),
                                      &out, (utf8proc_option_t)(UTF8PROC_STABLE | options));
    return n < 0 ? NULL : (char *)out;
}

static char *valid_copy(const char *s)
{
    struct fn_buf b;
    fn_buf_init(&b, SIZE_MAX / 2);
    fn_utf8_sanitize(&b, s, strlen(s));
    return fn_buf_detach(&b);
}

/* Folding letter by letter is correct for decomposed text only (Unicode 3.13, D145). The iota
 * below a letter becomes a letter of its own and must be in its position before that. */
static char *folded(const char *s)
{
    char *valid = valid_copy(s);
    char *apart = valid ? mapped(valid, UTF8PROC_DECOMPOSE) : NULL;
    char *key =
        apart ? mapped(apart, UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE) : NULL;
    free(valid);
    free(apart);
    return key;
}

static char *lower_ascii(const char *s)
{
    char *key = strdup(s);
    for (char *p = key; p && *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p);
    return key;
}

char *fn_text_key(const char *s)
{
    char *key = is_ascii(s) ? lower_ascii(s) : folded(s);
    if (key)
        squeeze(key);
    return key;
}

int fn_text_equal(const char *a, const char *b)
{
    char *x = fn_text_key(a), *y = fn_text_key(b);
    int rc = x && y ? strcmp(x, y) == 0 : -ENOMEM;
    free(x);
    free(y);
    return rc;
}

/* Some scripts need these characters to join or separate letters. Elsewhere they are
 * invisible. */
static bool joiner_fits(uint32_t before, uint32_t after)
{
    if (!is_letter_or_mark(before))
        return false;
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)before);
    return p->combining_class == VIRAMA_CLASS || is_letter_or_mark(after);
}

static int check_one(uint32_t before, uint32_t c, uint32_t after, struct fn_error *err)
{
    switch ((int)utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_CC:
        return fn_error_set(err, FN_EUSAGE, "a name must not hold control characters");
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return fn_error_set(err, FN_EUSAGE, "a name must not hold line ends (U+%04X)", c);
    case UTF8PROC_CATEGORY_CF:
        if ((c == ZWJ || c == ZWNJ) && joiner_fits(before, after))
            return 0;
        return fn_error_set(err, FN_EUSAGE,
                            "a name must not hold invisible characters or ones that change "
                            "the direction of text (U+%04X)",
                            c);
    default:
        return 0;
    }
}

static int check_characters(const char *s, struct fn_error *err)
{
    const char *end = s + strlen(s);
    uint32_t before = 0, c = 0, after = s < end ? fn_utf8_next(&s, end) : 0;
    int rc = 0;
    while (!rc && after) {
        before = c;
        c = after;
        after = s < end ? fn_utf8_next(&s, end) : 0;
        rc = check_one(before, c, after, err);
    }
    return rc;
}

static int check_shows(const char *s, struct fn_error *err)
{
    char *key = fn_text_key(s);
    bool empty = key && !*key;
    free(key);
    if (!key)
        return fn_error_set(err, -ENOMEM, "out of memory");
    return empty ? fn_error_set(err, FN_EUSAGE, "a name must not be empty") : 0;
}

int fn_name_clean(const char *name, char *out, size_t size, struct fn_error *err)
{
    if (!fn_utf8_valid(name, strlen(name)))
        return fn_error_set(err, FN_EUSAGE, "a name must be UTF-8");
    char *s = mapped(name, UTF8PROC_COMPOSE);
    int rc = s ? check_characters(s, err) : fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc) {
        squeeze(s);
        rc = check_shows(s, err);
    }
    if (!rc && strlen(s) >= size)
        rc = fn_error_set(err, FN_EUSAGE, "a name has at most %zu bytes", size - 1);
    if (!rc)
        memcpy(out, s, strlen(s) + 1);
    free(s);
    return rc;
}
