/* SPDX-License-Identifier: MIT */
/* Names of files that are not finished, and of the copies that editors keep: they are not
 * photos of their own while the finished file is beside them. */
#ifndef FN_INDEX_PARTIAL_H
#define FN_INDEX_PARTIAL_H

#include <stdbool.h>
#include <stddef.h>

/* If a file with this name (no path) is a part or a kept copy of another: true, and the name of
 * the finished file in out. By the name alone. */
bool fn_finished_name(const char *name, char *out, size_t size);

#endif
