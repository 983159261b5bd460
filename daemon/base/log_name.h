/* SPDX-License-Identifier: MIT */
/* The name of a file for the log. */
#ifndef FN_DAEMON_LOG_NAME_H
#define FN_DAEMON_LOG_NAME_H

#include <stdbool.h>

/* root/rel itself, or a hash of it when names must not be logged (log.paths = no). out:
 * FN_PATH_MAX bytes. Returns out. */
const char *fnd_log_name(bool as_it_is, const char *root, const char *rel, char *out);

#endif
