/* SPDX-License-Identifier: MIT */
/* A line of the control socket and its reply (index/protocol.h). JSON in, JSON out; the owner
 * carries the commands out. */
#ifndef FN_DAEMON_CONTROL_COMMAND_H
#define FN_DAEMON_CONTROL_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fnd_control_calls {
    json_t *(*status)(void *owner); /* a new reference, NULL: out of memory */
    /* path NULL: all folders. */
    int (*scan)(void *owner, const char *path, bool accept, struct fn_error *err);
    int (*folder)(void *owner, const char *path, bool add, struct fn_error *err);
    void (*pause)(void *owner, int64_t until_s); /* 0: until resume */
    void (*resume)(void *owner);
    void (*reload)(void *owner);
    void (*nudge)(void *owner); /* labels have changed */
};

/* The reply to a line of n bytes, a new reference; NULL: out of memory. *subscribe becomes true
 * when the line requests it. */
json_t *fnd_control_answer(const struct fnd_control_calls *calls, void *owner, const char *line,
                           size_t n, bool *subscribe);

#endif
