/* SPDX-License-Identifier: MIT */
/* Names that people write: when two of them are the same, and which ones are accepted.
 * Unicode's own rules, by utf8proc. Why these: docs/decisions/unicode.md. */
#ifndef FN_ENGINE_BASE_TEXT_H
#define FN_ENGINE_BASE_TEXT_H

#include <stddef.h>

#include "engine/base/error.h"

/* What a text is compared by: two that differ only in capitals, in how accents are coded, in
 * the number or kind of blanks or in code points that show nothing have the same key. Full case
 * folding and NFC; runs of blanks are one blank, none at the ends. Invalid UTF-8 counts as
 * U+FFFD. The key of a key is the key; it is not for display.
 * The caller frees it; NULL when out of memory. */
char *fn_text_key(const char *s);

/* 1: the keys are the same; 0: they are not; -ENOMEM. */
FN_NODISCARD int fn_text_equal(const char *a, const char *b);

/* A name as it is to be stored: in NFC, without blanks at the ends, with single ones inside.
 * out: size bytes; it may be name itself. FN_EUSAGE, with a sentence, for one that
 *  - is empty, shows nothing, or does not fit into out;
 *  - is no UTF-8;
 *  - has control characters, line ends, or invisible format characters, those that change the
 *    direction of text among them. A zero-width joiner or non-joiner is fine between two
 *    letters or marks, and behind a virama: Persian and Indic names are written with them. */
FN_NODISCARD int fn_name_clean(const char *name, char *out, size_t size, struct fn_error *err);

#endif
