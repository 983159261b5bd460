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
FNQ_RUN(watch_list);
FNQ_RUN(watch_add);
FNQ_RUN(watch_remove);
FNQ_RUN(scan);
FNQ_RUN(pause);
FNQ_RUN(resume);
FNQ_RUN(doctor);
FNQ_RUN(config_list);
FNQ_RUN(config_get);
FNQ_RUN(config_set);
FNQ_RUN(config_path);
FNQ_RUN(model_import);
FNQ_RUN(model_list);
FNQ_RUN(model_show);
FNQ_RUN(model_export);
FNQ_RUN(model_install);

#define FNQ_OPTIONS(name) extern const struct fn_opt fnq_options_##name[]
FNQ_OPTIONS(status);
FNQ_OPTIONS(scan);
FNQ_OPTIONS(pause);
FNQ_OPTIONS(doctor);
FNQ_OPTIONS(config_list);
FNQ_OPTIONS(model_import);
FNQ_OPTIONS(model_show);
FNQ_OPTIONS(model_install);

#endif
