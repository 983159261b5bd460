/* SPDX-License-Identifier: MIT */
/* The number of inotify watches, allowed and in use. */
#ifndef FN_DAEMON_INOTIFY_USAGE_H
#define FN_DAEMON_INOTIFY_USAGE_H

#include <stdint.h>

/* The number of watches that this user may have, and those in use by all processes that can be
 * examined. */
void fnd_inotify_usage(uint64_t *ret_limit, uint64_t *ret_used);

#endif
