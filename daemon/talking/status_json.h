/* SPDX-License-Identifier: MIT */
/* The status object of the control socket: the data of fnq.status/1. */
#ifndef FN_DAEMON_STATUS_JSON_H
#define FN_DAEMON_STATUS_JSON_H

#include <jansson.h>

#include "daemon/loop/daemon.h"

json_t *fnd_status_json(struct fnd *f); /* a new reference, NULL: out of memory */

#endif
