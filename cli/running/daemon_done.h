/* SPDX-License-Identifier: MIT */
/* The end of a command that sent a request to facenetd. */
#ifndef FN_CLI_RUNNING_DAEMON_DONE_H
#define FN_CLI_RUNNING_DAEMON_DONE_H

#include "cli/program/fnq.h"

/* rc: of the request. Prints done, or the error; returns the exit code. */
FN_NODISCARD int fnq_daemon_done(struct fnq_ctx *ctx, int rc, const struct fn_error *err,
                                 const char *done);

#endif
