/* SPDX-License-Identifier: MIT */
/* The control socket (index/protocol.h): fnq sends requests and commands, and subscribers get a
 * status object after each change. Owns the socket and its connections; loop thread. Commands
 * are passed on through struct fnd_control_calls. */
#ifndef FN_DAEMON_CONTROL_H
#define FN_DAEMON_CONTROL_H

#include <uv.h>

#include "daemon/talking/control_command.h"

struct fnd_control;

struct fnd_control_setup { /* all of it outlives the socket */
    const char *socket_path, *index_dir;
    uv_loop_t *loop;
    const struct fnd_control_calls *calls;
    void *owner;
};

/* NULL: out of memory. Failing to listen is only a warning: fnq can read the index without the
 * socket. */
struct fnd_control *fnd_control_create(const struct fnd_control_setup *setup);
void fnd_control_tick(struct fnd_control *c, uint64_t now_ns); /* notifies subscribers */
void fnd_control_stop(struct fnd_control *c);
void fnd_control_destroy(struct fnd_control *c); /* after the loop closed the handles */

#endif
