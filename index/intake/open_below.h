/* SPDX-License-Identifier: MIT */
/* Opening a file of a root without leaving the root through a link. */
#ifndef FN_INDEX_OPEN_BELOW_H
#define FN_INDEX_OPEN_BELOW_H

#include <stdbool.h>

/* Opens root/rel for reading without following a link in rel (unless follow); flags: in
 * addition to O_RDONLY. Returns a descriptor, or -errno. May hang in a dead mount: reader
 * threads only. */
int fn_open_below(const char *root, const char *rel, int flags, bool follow);

#endif
