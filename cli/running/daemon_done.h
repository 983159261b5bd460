/* SPDX-License-Identifier: MIT */
/* How a command ends that facenetd was asked to carry out. */
#ifndef FN_CLI_RUNNING_DAEMON_DONE_H
#define FN_CLI_RUNNING_DAEMON_DONE_H

#include "cli/program/fnq.h"

/* rc: of the request. Prints done, or the error; the exit code. */
FN_NODISCARD int fnq_daemon_done(struct fnq_ctx *ctx, int rc, const struct fn_error *err,
                                 const char *done);

#endif
