/* SPDX-License-Identifier: MIT */
/* Text in the columns of a terminal: shortened in the middle, or folded into several lines.
 * Text is cut between the characters that a reader sees (grapheme clusters), never inside one.
 * Widths are those of fn_utf8_width. */
#ifndef FN_ENGINE_BASE_COLUMNS_H
#define FN_ENGINE_BASE_COLUMNS_H

#include "engine/base/buf.h"

/* Appends s, or, where s is wider than `columns`, its beginning, the sign (such as "…") and its
 * end, together at most `columns` wide. The end gets half of the space. The end of a path gets
 * as much as its last part needs, but at most three quarters. Without space for the sign and
 * one more column on each side, only the beginning is appended. s is UTF-8 and has no control
 * characters. */
void fn_shorten(struct fn_buf *out, const char *s, size_t columns, const char *sign);

/* Appends the part of s around the byte `at`, at most `columns` wide, with the sign (ASCII)
 * where text is left out; all of s if it fits. Returns the column at which the byte `at` is,
 * from 0. s is as for fn_shorten; columns: at least four times as wide as the sign. */
size_t fn_window(struct fn_buf *out, const char *s, size_t at, size_t columns,
                 const char *sign);

/* Appends n bytes of one line of text (no line end), with line ends where it would be wider
 * than `columns`. The text begins at column `at`; further lines begin with `hang` spaces. Lines
 * end at a space, or after a slash or comma, if that fills half of them. Escape sequences such
 * as colours have no width and are not cut. A command to copy ("to do it: fnq ...") goes to the
 * end of the text and is never broken: it gets a line of its own where it does not fit, and the
 * terminal wraps that one. */
void fn_fold_line(struct fn_buf *out, const char *s, size_t n, size_t columns, size_t at,
                  size_t hang);

/* Appends n bytes of text with every line folded that is wider than `columns`. Further lines
 * begin below the text after the first gap of two spaces, if there is one in the first half. */
void fn_fold(struct fn_buf *out, const char *s, size_t n, size_t columns);

#endif
