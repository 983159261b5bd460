/* SPDX-License-Identifier: MIT */
/* Words that agree with a number: "1 face", "2 faces". The caller prints the number. */
#ifndef FN_ENGINE_BASE_PLURAL_H
#define FN_ENGINE_BASE_PLURAL_H

#include <stdint.h>

/* one for 1, otherwise (0 as well) many: fn_plural(n, "person", "people"). */
static inline const char *fn_plural(uint64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

/* The ending of a regular word: "face%s", fn_plural_s(n). */
static inline const char *fn_plural_s(uint64_t n)
{
    return fn_plural(n, "", "s");
}

#endif
