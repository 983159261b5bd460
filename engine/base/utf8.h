/* SPDX-License-Identifier: MIT */
/* Paths and names are bytes. Text and JSON that is printed must be UTF-8 (RFC 3629). */
#ifndef FN_ENGINE_BASE_UTF8_H
#define FN_ENGINE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"

bool fn_utf8_valid(const char *s, size_t n);
/* Appends s with each invalid byte replaced by U+FFFD. */
void fn_utf8_sanitize(struct fn_buf *out, const char *s, size_t n);
/* Appends s for a terminal: control characters (C0, C1, DEL) and invalid bytes become \xNN. */
void fn_utf8_printable(struct fn_buf *out, const char *s, size_t n);
/* Number of terminal columns of a UTF-8 string. Combining marks and control characters take 0,
 * wide ones 2. */
size_t fn_utf8_width(const char *s, size_t n);
/* Decodes one code point at *s, which should be valid UTF-8, and advances *s. 0xfffd on
 * error. */
uint32_t fn_utf8_next(const char **s, const char *end);
void fn_base64(struct fn_buf *out, const void *p,
               size_t n); /* RFC 4648 section 4, with padding */
/* Decodes exactly what fn_base64 writes. -EINVAL for anything else. */
int fn_base64_decode(struct fn_buf *out, const char *s, size_t n);
/* Percent-encodes everything except unreserved characters (RFC 3986 section 2.3), for
 * labels.log. */
void fn_percent_encode(struct fn_buf *out, const char *s, size_t n);
/* Decodes all of s. -EINVAL on a bad escape or a NUL byte. */
int fn_percent_decode(struct fn_buf *out, const char *s, size_t n);

#endif
