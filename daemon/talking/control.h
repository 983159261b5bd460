/* SPDX-License-Identifier: MIT */
/* The control socket (index/protocol.h): fnq asks and commands, subscribers get a status object
 * per change. Only the same user, root, or (when the index is a group's) a member of that group
 * is listened to. */
#ifndef FN_DAEMON_CONTROL_H
#define FN_DAEMON_CONTROL_H

#include "daemon/loop/daemon.h"

/* Failing to listen is a warning, not an error: the index itself is open to fnq. */
void fnd_control_start(struct fnd *f);
void fnd_control_tick(struct fnd *f, uint64_t now_ns); /* tells subscribers */
void fnd_control_stop(struct fnd *f);
void fnd_control_free(struct fnd *f); /* after the loop closed the handles */

#endif
