/* SPDX-License-Identifier: MIT */
/* fnq config list. */
#include "cli/print/list.h"
#include "cli/program/command.h"

struct options {
    bool show_origin;
};
static const struct fn_opt table[] = {
    OPT_FLAG(show_origin, "show-origin", 0, "show where each value comes from"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "key", .title = "KEY", .style = FNQ_BOLD},
    {.key = "value", .title = "VALUE", .fit = FNQ_FOLD},
    {.key = "origin"},
    {.key = "help"},
};
static const struct fnq_field fields_origin[] = {
    {.key = "key", .title = "KEY", .style = FNQ_BOLD},
    {.key = "value", .title = "VALUE", .fit = FNQ_FOLD},
    {.key = "origin", .title = "ORIGIN", .style = FNQ_DIM, .fit = FNQ_MIDDLE},
    {.key = "help"},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.config/1", "settings", "fnq.setting/1", fields);
static const struct fnq_list_kind kind_origin =
    FNQ_LIST_KIND("fnq.config/1", "settings", "fnq.setting/1", fields_origin);

static void put_setting(const char *key, const char *value, const char *origin,
                        const char *help, void *arg)
{
    struct fnq_list *l = arg;
    fnq_put_text(l, key);
    fnq_put_text(l, value);
    fnq_put_text(l, origin);
    fnq_put_text(l, help);
    fnq_list_row(l);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_config_file *config = NULL;
    struct fnq_list l;
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "config list takes no operands.");
    if (fnl_config_file(ctx->lib, &config, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_list_begin(&l, &ctx->out, o->show_origin ? &kind_origin : &kind);
    fn_config_each(config, put_setting, &l);
    fnq_list_end(&l, NULL);
    return FN_EXIT_OK;
}

FNQ_COMMAND(config_list) = {
    .name = "config list",
    .args = "",
    .group = FNQ_GROUP_SETTINGS,
    .summary = "list all settings",
    .examples = "fnq config list --show-origin\n",
    FNQ_TYPED(config_list, table),
};
