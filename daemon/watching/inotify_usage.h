/* SPDX-License-Identifier: MIT */
/* How many inotify watches there may be. */
#ifndef FN_DAEMON_INOTIFY_USAGE_H
#define FN_DAEMON_INOTIFY_USAGE_H

#include <stdint.h>

/* Watches that this user may have, and those in use by all the processes that can be looked at.
 */
void fnd_inotify_usage(uint64_t *ret_limit, uint64_t *ret_used);

#endif
