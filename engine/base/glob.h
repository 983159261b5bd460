/* SPDX-License-Identifier: MIT */
/* Patterns over paths.
 *
 *   *     any bytes except '/'
 *   ?     one byte except '/'
 *   **    any bytes, including '/'. Between slashes (or at the start), together with the
 *         slash after it, it also matches nothing: "a/" + "**" + "/b" matches "a/b"
 *   [..]  one byte of the set, with FN_GLOB_SETS: [abc] [a-z] [!x] [^x]; never '/'. A ']' that
 *         comes first is a member of the set. A '[' that is not closed stands for itself
 *
 * Anything else stands for itself. Bytes are compared as they are. There is no escape
 * character and no case folding. */
#ifndef FN_ENGINE_BASE_GLOB_H
#define FN_ENGINE_BASE_GLOB_H

#include <stdbool.h>

enum fn_glob_flags {
    FN_GLOB_SETS = 1,  /* [..] is a set; otherwise '[' stands for itself */
    FN_GLOB_BELOW = 2, /* a pattern without * and ? also matches everything below it */
};

enum { FN_GLOB_PATH_MAX = 8192 }; /* a path of this length or more matches nothing */

/* Whether the pattern matches the whole path. flags: enum fn_glob_flags. Time is O(|glob|
 * |path|) for every pattern. No allocation, 24 KiB of stack. */
bool fn_glob_match(const char *glob, const char *path, unsigned flags);

#endif
