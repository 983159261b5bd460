/* SPDX-License-Identifier: MIT */
/* How far two short words are apart, for "did you mean". */
#ifndef FN_ENGINE_BASE_EDIT_DISTANCE_H
#define FN_ENGINE_BASE_EDIT_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

enum { FN_EDIT_WORD_MAX = 32 }; /* code points */
#define FN_EDIT_FAR SIZE_MAX

/* The least number of code points to put in, take out, change or swap with their neighbour
 * that make a (na bytes of UTF-8) into b; a place that was swapped is not edited again
 * (optimal string alignment). FN_EDIT_FAR when one of them has more than FN_EDIT_WORD_MAX code
 * points. Case counts: a caller to whom it does not matter folds both first. */
size_t fn_edit_distance(const char *a, size_t na, const char *b, size_t nb);

#endif
