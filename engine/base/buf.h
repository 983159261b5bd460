/* SPDX-License-Identifier: MIT */
/* A growable byte buffer with a maximum size. The content is always followed by a NUL, so that
 * text can be used as a C string. Growth past the maximum, or a failed allocation, marks the
 * buffer failed. Writes after that do nothing, so one check at the end (fn_buf_failed) is
 * enough. */
#ifndef FN_ENGINE_BASE_BUF_H
#define FN_ENGINE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fn_buf {
    char *data; /* NULL until the first byte */
    size_t len;
    size_t size;
    size_t cap; /* maximum size in bytes */
    bool failed;
};

void fn_buf_init(struct fn_buf *b, size_t cap_bytes);
void fn_buf_finish(struct fn_buf *b); /* NULL-safe, leaves an empty buffer */
void fn_buf_reset(struct fn_buf *b);  /* empties it without releasing memory */
void fn_buf_add(struct fn_buf *b, const void *p, size_t n);
void fn_buf_str(struct fn_buf *b, const char *s);
void fn_buf_char(struct fn_buf *b, char c);
void fn_buf_printf(struct fn_buf *b, const char *fmt, ...) FN_PRINTF(2, 3);
bool fn_buf_failed(const struct fn_buf *b);
const char *fn_buf_cstr(const struct fn_buf *b); /* "" when empty, never NULL */
char *fn_buf_detach(struct fn_buf *b);           /* caller frees; NULL when failed */

#endif
