/* SPDX-License-Identifier: MIT */
/* The message when facenetd does not reply. */
#ifndef FN_CLI_PROGRAM_NO_DAEMON_H
#define FN_CLI_PROGRAM_NO_DAEMON_H

#include "cli/program/fnq.h"

/* Prints "facenetd is not running." and what to do; returns the exit code. */
FN_NODISCARD int fnq_no_daemon(struct fnq_ctx *ctx, const struct fn_error *err,
                               const char *todo);

#endif
