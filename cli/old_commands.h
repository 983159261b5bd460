/* SPDX-License-Identifier: MIT */
/* The run functions and option tables behind old_commands.c. */
#ifndef FN_CLI_OLD_COMMANDS_H
#define FN_CLI_OLD_COMMANDS_H

#include "cli/program/command.h"

/* A target in an old option table: the offset into struct fnq_opts. */
#define FNQ_AT(field) ((void *)offsetof(struct fnq_opts, field))
#define FNQ_OPT_END   OPT_END

#define FNQ_RUN(name) int fnq_run_##name(struct fnq_ctx *ctx, int argc, char **argv)

FNQ_RUN(people_name);
FNQ_RUN(people_merge);
FNQ_RUN(people_split);
FNQ_RUN(people_hide);
FNQ_RUN(people_unhide);
FNQ_RUN(label);
FNQ_RUN(confirm);
FNQ_RUN(reject);
FNQ_RUN(notface);
FNQ_RUN(log);
FNQ_RUN(undo);
FNQ_RUN(redo);
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
FNQ_RUN(export_labels);
FNQ_RUN(import_labels);
FNQ_RUN(embed);
FNQ_RUN(eval_lfw);
FNQ_RUN(eval_ytf);
FNQ_RUN(eval_pairs);
FNQ_RUN(eval_identities);
FNQ_RUN(eval_calibrate);
FNQ_RUN(eval_clusters);
FNQ_RUN(eval_sensitivity);
FNQ_RUN(eval_baselines);
FNQ_RUN(eval_compare);
FNQ_RUN(train);
FNQ_RUN(plot_runs);
FNQ_RUN(plot_train);

#define FNQ_OPTIONS(name) extern const struct fn_opt fnq_options_##name[]
FNQ_OPTIONS(people_name);
FNQ_OPTIONS(people_merge);
FNQ_OPTIONS(people_split);
FNQ_OPTIONS(people_hide);
FNQ_OPTIONS(label);
FNQ_OPTIONS(confirm);
FNQ_OPTIONS(reject);
FNQ_OPTIONS(notface);
FNQ_OPTIONS(log);
FNQ_OPTIONS(status);
FNQ_OPTIONS(scan);
FNQ_OPTIONS(pause);
FNQ_OPTIONS(doctor);
FNQ_OPTIONS(config_list);
FNQ_OPTIONS(model_import);
FNQ_OPTIONS(model_show);
FNQ_OPTIONS(export_labels);
FNQ_OPTIONS(eval_lfw);
FNQ_OPTIONS(eval_ytf);
FNQ_OPTIONS(eval_pairs);
FNQ_OPTIONS(eval_identities);
FNQ_OPTIONS(eval_calibrate);
FNQ_OPTIONS(eval_clusters);
FNQ_OPTIONS(model_install);
FNQ_OPTIONS(eval_sensitivity);
FNQ_OPTIONS(eval_baselines);
FNQ_OPTIONS(plot_runs);
FNQ_OPTIONS(eval_compare);
FNQ_OPTIONS(train);

#endif
