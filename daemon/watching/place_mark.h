/* SPDX-License-Identifier: MIT */
#ifndef FN_DAEMON_PLACE_MARK_H
#define FN_DAEMON_PLACE_MARK_H

#include <stdint.h>

/* A number that changes when a folder comes or goes, is replaced or made readable, or gets or
 * loses an entry. Accesses the file system: on a reader's thread. */
uint64_t fnd_place_mark(const char *path);

#endif
