/* SPDX-License-Identifier: MIT */
/* fnq config list, get, set, path. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "engine/base/file.h"

const struct fn_opt fnq_options_config_list[] = {
    {"show-origin", 0, FN_OPT_FLAG, FNQ_AT(show_origin), NULL,
     "say where each value comes from"},
    FNQ_OPT_END,
};

struct listing {
    struct fnq_ctx *ctx;
    struct fnq_table table;
};

static void print_key(const char *key, const char *value, const char *origin, const char *help,
                      void *arg)
{
    struct listing *l = arg;
    json_t *o = json_object();
    fnq_set(o, "key", json_string(key));
    fnq_set(o, "value", fnq_json_bytes(value));
    fnq_set(o, "origin", fnq_json_bytes(origin));
    fnq_set(o, "help", json_string(help));
    fnq_json_item(&l->ctx->out, o);
    fnq_cell(&l->table, key);
    fnq_cell(&l->table, value);
    if (l->ctx->o.show_origin)
        fnq_cell(&l->table, origin);
    fnq_row_end(&l->table);
}

int fnq_run_config_list(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct fnq_column columns[] = {
        {"KEY", false, FNQ_BOLD}, {"VALUE", false, 0}, {"ORIGIN", false, FNQ_DIM}};
    struct fn_error err = {0};
    struct listing l = {.ctx = ctx};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "config list takes no operands.");
    struct fn_config_file *config = NULL;
    if (fnl_config_file(ctx->lib, &config, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_table_begin(&l.table, &ctx->out, columns, ctx->o.show_origin ? 3 : 2);
    fnq_json_begin(&ctx->out, "fnq.config/1", "settings", "fnq.setting/1");
    fn_config_each(config, print_key, &l);
    fnq_json_end(&ctx->out, NULL);
    fnq_table_end(&l.table);
    return FNQ_OK;
}

int fnq_run_config_get(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_buf value;
    if (argc != 1)
        return fnq_usage(ctx, "config get: one key (fnq config list has all of them).");
    fn_buf_init(&value, 1 << 20);
    struct fn_config_file *config = NULL;
    int rc = fnl_config_file(ctx->lib, &config, &err);
    rc = rc ? rc : fn_config_get_text(config, argv[0], &value, &err);
    if (!rc && fnq_out_is_json(&ctx->out))
        fnq_json_one(&ctx->out, "fnq.setting/1",
                     json_pack("{s:s,s:o}", "key", argv[0], "value",
                               fnq_json_bytes(fn_buf_cstr(&value))));
    else if (!rc)
        fnq_text(&ctx->out, "%s\n", fn_buf_cstr(&value));
    fn_buf_finish(&value);
    if (rc == FN_ENOTFOUND)
        return fnq_say(FNQ_USAGE, "config: there is no key '%s'. All of them: fnq config list",
                       argv[0]);
    return rc ? fnq_fail(ctx, &err, "config", NULL) : FNQ_OK;
}

static int config_file(const struct fnq_ctx *ctx, char *out, size_t size, struct fn_error *err)
{
    int rc =
        ctx->o.config ? fn_path_expand(out, size, ctx->o.config) : fn_path_config(out, size);
    return rc ? fn_error_set(err, rc, "cannot tell where facenetd.conf is: %s", fn_strerror(rc))
              : 0;
}

int fnq_run_config_set(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX], folder[FN_PATH_MAX];
    if (argc != 2)
        return fnq_usage(ctx, "config set: a key and a value.");
    int rc = config_file(ctx, path, sizeof path, &err);
    if (!rc && !ctx->o.dry_run) {
        (void)snprintf(folder, sizeof folder, "%s", path);
        rc = fn_mkdirs(dirname(folder), 0700, &err);
        rc = rc ? rc : fn_config_edit(path, argv[0], argv[1], &err);
    } else if (!rc) {
        struct fn_config_file *config = NULL;
        rc = fnl_config_file(ctx->lib, &config, &err);
        rc = rc ? rc : fn_config_set(config, argv[0], argv[1], FN_ORIGIN_COMMAND_LINE, &err);
    }
    if (rc)
        return fnq_fail(ctx, &err, "config set", NULL);
    fnq_note(ctx,
             ctx->o.dry_run ? "%s: would be changed"
                            : "%s: changed. A running facenetd takes it up on SIGHUP",
             path);
    return FNQ_OK;
}

int fnq_run_config_path(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX];
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "config path takes no operands.");
    if (config_file(ctx, path, sizeof path, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    if (fnq_out_is_json(&ctx->out)) {
        json_t *o = json_object();
        fnq_set_path(o, path);
        fnq_json_one(&ctx->out, "fnq.config.path/1", o);
    } else {
        fn_buf_str(&ctx->out.buf, path);
        fn_buf_char(&ctx->out.buf, ctx->out.format == FNQ_NUL ? '\0' : '\n');
    }
    return FNQ_OK;
}
