/* SPDX-License-Identifier: MIT */
/* Numbers and spans of time as people read them. */
#ifndef FN_ENGINE_BASE_NUMBERS_H
#define FN_ENGINE_BASE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/* 1204 -> "1,204". out: at least 28 bytes for any number. */
void fn_thousands(char *out, size_t size, uint64_t n);
/* "40 s", "3 min", "6 h 15 min", "3 d 2 h" */
void fn_span(char *out, size_t size, double s);

#endif
