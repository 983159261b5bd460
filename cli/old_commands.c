/* SPDX-License-Identifier: MIT */
/* Rows of the commands that have no file of the new form yet. */
#include "cli/old_commands.h"

#define OLD(id)                                                                                \
    static int old_##id(struct fnq_ctx *ctx, const void *o, int argc, char **argv)             \
    {                                                                                          \
        (void)o;                                                                               \
        return fnq_run_##id(ctx, argc, argv);                                                  \
    }

OLD(status)
const struct fnq_command fnq_command_status = {
    .name = "status",
    .args = "",
    .summary = "show what facenetd does and what the index holds",
    .options = fnq_options_status,
    .run = old_status,
};
