/* SPDX-License-Identifier: MIT */
/* The status that facenetd sends (fnq.status/1), as numbers. */
#ifndef FN_CLI_LIBRARY_STATUS_REPLY_H
#define FN_CLI_LIBRARY_STATUS_REPLY_H

#include <jansson.h>

#include "cli/library/library_status.h"

/* Missing members become 0, NAN or "". -ENOMEM. */
FN_NODISCARD int fnl_status_read(const json_t *reply, struct fnl_status *ret,
                                 struct fn_error *err);
/* Adds a root, zeroed except for path and interval; NULL when out of memory. */
struct fnl_root_status *fnl_status_add_root(struct fnl_status *s, const char *path);

#endif
