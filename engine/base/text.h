/* SPDX-License-Identifier: MIT */
/* Names that people write: when two of them are equal, and which ones are accepted. The rules
 * are those of Unicode, by utf8proc. Reasons: docs/decisions/unicode.md. */
#ifndef FN_ENGINE_BASE_TEXT_H
#define FN_ENGINE_BASE_TEXT_H

#include <stddef.h>

#include "engine/base/error.h"

/* The key by which a text is compared. Two texts have the same key if they differ only in
 * capitals, in the coding of accents, in the number or kind of spaces, or in invisible code
 * points. Full case folding and NFC; a run of spaces is one space, none at the ends. Invalid
 * UTF-8 is treated as U+FFFD. The key of a key is the key itself. Keys are not for display. The
 * caller frees the key. NULL when out of memory. */
char *fn_text_key(const char *s);

/* 1: the keys are equal; 0: they differ; -ENOMEM. */
FN_NODISCARD int fn_text_equal(const char *a, const char *b);

/* Writes the form of a name that is stored: NFC, no spaces at the ends, single spaces inside.
 * out: size bytes; it may be name itself. FN_EUSAGE, with a message, for a name that
 *  - is empty, has only invisible characters, or does not fit into out;
 *  - is not UTF-8;
 *  - has control characters, line ends, or invisible format characters, including those that
 *    change the direction of text. A zero-width joiner or non-joiner is allowed between two
 *    letters or marks, and after a virama, because Persian and Indic names need them. */
FN_NODISCARD int fn_name_clean(const char *name, char *out, size_t size, struct fn_error *err);

#endif
