/* SPDX-License-Identifier: MIT */
/* The command table: used by dispatch, --help, the shell completions and the check of fnq(1).
 */
#include "cli/commands.h"

#define AT(field) ((void *)offsetof(struct fnq_globals, field))

const struct fn_opt fnq_global_options[] = {
    {"help", 'h', FN_OPT_FLAG, AT(help), NULL, "show this help"},
    {"version", 0, FN_OPT_FLAG, AT(version), NULL, "show the version"},
    {"index", 0, FN_OPT_STRING, AT(index), "DIR", "folder of the index"},
    {"config", 0, FN_OPT_STRING, AT(config), "FILE", "another facenetd.conf"},
    {"models", 0, FN_OPT_STRING, AT(models), "DIR", "folder of the model files"},
    {"json", 0, FN_OPT_FLAG, AT(json), NULL, "one JSON object"},
    {"jsonl", 0, FN_OPT_FLAG, AT(jsonl), NULL, "a JSON object per line"},
    {"csv", 0, FN_OPT_FLAG, AT(csv), NULL, "comma-separated values with a heading"},
    {"null", '0', FN_OPT_FLAG, AT(nul), NULL, "end lines with a NUL; names are unchanged"},
    {"schema", 0, FN_OPT_U64, AT(schema), "N", "version of the JSON schema"},
    {"color", 0, FN_OPT_STRING, AT(color), "WHEN", "auto, always or never"},
    {"no-daemon", 0, FN_OPT_FLAG, AT(no_daemon), NULL, "do not talk to facenetd"},
    {"dry-run", 'n', FN_OPT_FLAG, AT(dry_run), NULL, "print what would change, change nothing"},
    {"yes", 'y', FN_OPT_FLAG, AT(yes), NULL, "do not ask before many faces are changed"},
    {"quiet", 'q', FN_OPT_FLAG, AT(quiet), NULL, "print only errors on standard error"},
    OPT_END,
};

#define DECLARE(id) extern const struct fnq_command fnq_command_##id;
FNQ_COMMANDS(DECLARE)

#define ADDRESS(id) &fnq_command_##id,
const struct fnq_command *const fnq_commands[] = {FNQ_COMMANDS(ADDRESS) NULL};
