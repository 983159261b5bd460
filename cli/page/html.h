/* SPDX-License-Identifier: MIT */
/* Writing HTML safely: text, attributes, numbers and relative addresses. Names and paths are
 * bytes that other people chose. */
#ifndef FN_CLI_PAGE_HTML_H
#define FN_CLI_PAGE_HTML_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/buf.h"

/* Appends s as text or as the value of an attribute in double quotes: & < > " ' are escaped,
 * control characters become their visible pictures (U+2400 and on), and bytes that are not
 * UTF-8, C1 controls, noncharacters and code points that change the direction of text become
 * U+FFFD. */
void fnp_text(struct fn_buf *b, const char *s);
/* The same for the first n bytes. */
void fnp_text_n(struct fn_buf *b, const char *s, size_t n);
/* "1,204". */
void fnp_number(struct fn_buf *b, uint64_t n);
/* "1 face", "1,204 faces": one and many are plain text. */
void fnp_count(struct fn_buf *b, uint64_t n, const char *one, const char *many);

/* Appends the relative address of the file `to` as seen from a page in the folder `from`; both
 * are absolute paths without symbolic links, "." or "..". All bytes but letters, digits, "-._~"
 * and "/" are percent-encoded, so that the result is safe in an attribute, too. */
void fnp_relative(struct fn_buf *b, const char *from, const char *to);

#endif
