/* SPDX-License-Identifier: MIT */
/* What is known about the terminal of a descriptor. */
#ifndef FN_ENGINE_BASE_TERMINAL_H
#define FN_ENGINE_BASE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Its columns now: what the terminal reports, or $COLUMNS if that is less or nothing is
 * reported; 80 when nothing is known; at least 20. */
size_t fn_terminal_columns(int fd);

/* Whether text may have characters other than ASCII: by the first of $LC_ALL, $LC_CTYPE and
 * $LANG that is set. The locale need not be installed. */
bool fn_terminal_utf8(void);

#endif
