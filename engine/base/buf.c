/* SPDX-License-Identifier: MIT */
#include "engine/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"

void fn_buf_init(struct fn_buf *b, size_t cap_bytes)
{
    *b = (struct fn_buf){.cap = cap_bytes};
}

void fn_buf_finish(struct fn_buf *b)
{
    if (!b)
        return;
    free(b->data);
    *b = (struct fn_buf){.cap = b->cap};
}

void fn_buf_reset(struct fn_buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

enum { FIRST = 64 }; /* bytes of the first allocation */

/* Makes room for n more bytes and the NUL. On failure, returns false and marks the buffer
 * failed. */
static bool reserve(struct fn_buf *b, size_t n)
{
    if (b->failed)
        return false;
    if (n > b->cap - b->len) {
        b->failed = true;
        return false;
    }
    size_t need = b->len + n + 1;
    char *p = fn_array_grow(b->data, &b->size, need < FIRST ? FIRST : need, 1);
    b->data = p ? p : b->data;
    b->failed = !p;
    return p != NULL;
}

void fn_buf_add(struct fn_buf *b, const void *p, size_t n)
{
    if (!reserve(b, n))
        return;
    if (n)
        memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void fn_buf_str(struct fn_buf *b, const char *s)
{
    fn_buf_add(b, s, strlen(s));
}

void fn_buf_char(struct fn_buf *b, char c)
{
    fn_buf_add(b, &c, 1);
}

void fn_buf_printf(struct fn_buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    char text[256];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    if (n < 0) {
        b->failed = true;
    } else if ((size_t)n < sizeof text) {
        fn_buf_add(b, text, (size_t)n);
    } else if (reserve(b, (size_t)n)) {
        (void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(ap);
}

bool fn_buf_failed(const struct fn_buf *b)
{
    return b->failed;
}

const char *fn_buf_cstr(const struct fn_buf *b)
{
    return b->data ? b->data : "";
}

char *fn_buf_detach(struct fn_buf *b)
{
    if (b->failed) {
        fn_buf_finish(b);
        return NULL;
    }
    char *p = b->data ? b->data : strdup("");
    size_t cap = b->cap;
    *b = (struct fn_buf){.cap = cap};
    return p;
}
