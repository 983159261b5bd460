/* SPDX-License-Identifier: MIT */
/* fnq config get. */
#include "cli/program/command.h"

static void print(struct fnq_out *o, const char *key, const char *value)
{
    if (fnq_out_is_json(o)) {
        fnq_json_one(o, "fnq.setting/1",
                     json_pack("{s:s,s:o}", "key", key, "value", fnq_json_bytes(value)));
    } else {
        fn_buf_str(&o->buf, value);
        fn_buf_char(&o->buf, '\n');
    }
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_config_file *config = NULL;
    struct fn_buf value;
    if (argc != 1)
        return fnq_usage(ctx, "config get: one key (fnq config list has all of them).");
    fn_buf_init(&value, 1 << 20);
    int rc = fnl_config_file(ctx->lib, &config, &err);
    rc = rc ? rc : fn_config_get_text(config, argv[0], &value, &err);
    if (!rc)
        print(&ctx->out, argv[0], fn_buf_cstr(&value));
    fn_buf_finish(&value);
    if (rc == FN_ENOTFOUND)
        err.code = FN_EUSAGE; /* a wrong operand, and no answer */
    return rc ? fnq_fail(ctx, &err, "config", NULL) : FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(config_get) = {
    .name = "config get",
    .args = "KEY",
    .group = FNQ_GROUP_SETTINGS,
    .summary = "print one setting",
    .examples = "fnq config get people.min_photos\n",
    .run = fnq_run_config_get,
    .operands = FNQ_COMPLETE_KEYS,
};
