/* SPDX-License-Identifier: MIT */
/* The edit distance of two short words, for "did you mean". */
#ifndef FN_ENGINE_BASE_EDIT_DISTANCE_H
#define FN_ENGINE_BASE_EDIT_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

enum { FN_EDIT_WORD_MAX = 32 }; /* code points */
#define FN_EDIT_FAR SIZE_MAX

/* The smallest number of edits that turn a (na bytes of UTF-8) into b. An edit inserts, deletes
 * or replaces a code point, or swaps two neighbours. Swapped code points are not edited again
 * (optimal string alignment). FN_EDIT_FAR when a word has more than FN_EDIT_WORD_MAX code
 * points. Case matters; fold both words first if it should not. */
size_t fn_edit_distance(const char *a, size_t na, const char *b, size_t nb);

#endif
