/* SPDX-License-Identifier: MIT */
/* The control socket (index/protocol.h): fnq asks and commands, subscribers get a status object
 * per change. Owns the socket and its connections; loop thread. Commands are handed on as
 * struct fnd_control_calls says. */
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

/* NULL: out of memory. Failing to listen is a warning, not an error: the index itself is open
 * to fnq. */
struct fnd_control *fnd_control_create(const struct fnd_control_setup *setup);
void fnd_control_tick(struct fnd_control *c, uint64_t now_ns); /* tells subscribers */
void fnd_control_stop(struct fnd_control *c);
void fnd_control_destroy(struct fnd_control *c); /* after the loop closed the handles */

#endif
