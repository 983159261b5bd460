/* SPDX-License-Identifier: MIT */
/* Patterns over paths.
 *
 *   *     any bytes but '/'
 *   ?     one byte but '/'
 *   **    any bytes, '/' too. Between slashes (or at the start), with the slash behind it, it
 *         also matches nothing: "a/" + "**" + "/b" matches "a/b"
 *   [..]  one byte of the set, with FN_GLOB_SETS: [abc] [a-z] [!x] [^x]; ']' stands for itself
 *         when it comes first; never '/'. A '[' that nothing closes stands for itself
 *
 * Anything else stands for itself. Bytes are compared as they are: there is no escape and no
 * folding of case. */
#ifndef FN_ENGINE_BASE_GLOB_H
#define FN_ENGINE_BASE_GLOB_H

#include <stdbool.h>

enum fn_glob_flags {
    FN_GLOB_SETS = 1,  /* [..] is a set; without it '[' stands for itself */
    FN_GLOB_BELOW = 2, /* a pattern without * and ? also matches all that lies below it */
};

enum { FN_GLOB_PATH_MAX = 8192 }; /* a path as long or longer matches nothing */

/* Does the whole path match? flags: enum fn_glob_flags. Time O(|glob| |path|) whatever the
 * pattern is, no allocation, 24 KiB of stack. */
bool fn_glob_match(const char *glob, const char *path, unsigned flags);

#endif
