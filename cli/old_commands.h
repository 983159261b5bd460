/* SPDX-License-Identifier: MIT */
/* The run functions and option tables behind old_commands.c. */
#ifndef FN_CLI_OLD_COMMANDS_H
#define FN_CLI_OLD_COMMANDS_H

#include "cli/program/command.h"

/* A target in an old option table: the offset into struct fnq_opts. */
#define FNQ_AT(field) ((void *)offsetof(struct fnq_opts, field))
#define FNQ_OPT_END   OPT_END

#define FNQ_RUN(name) int fnq_run_##name(struct fnq_ctx *ctx, int argc, char **argv)

FNQ_RUN(status);

#define FNQ_OPTIONS(name) extern const struct fn_opt fnq_options_##name[]
FNQ_OPTIONS(status);

#endif
