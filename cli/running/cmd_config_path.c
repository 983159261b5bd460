/* SPDX-License-Identifier: MIT */
/* fnq config path. */
#include "cli/program/command.h"

static void print(struct fnq_out *o, const char *path)
{
    if (fnq_out_is_json(o)) {
        json_t *object = json_object();
        fnq_set_path(object, path);
        fnq_json_one(o, "fnq.config.path/1", object);
    } else {
        fn_buf_str(&o->buf, path);
        fn_buf_char(&o->buf, o->format == FNQ_NUL ? '\0' : '\n');
    }
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX];
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "config path takes no operands.");
    if (fnl_config_path(ctx->lib, path, sizeof path, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    print(&ctx->out, path);
    return FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(config_path) = {
    .name = "config path",
    .args = "",
    .group = FNQ_GROUP_SETTINGS,
    .summary = "print the path of the settings file",
    .examples = "fnq config path\n",
    .run = fnq_run_config_path,
};
