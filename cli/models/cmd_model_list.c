/* SPDX-License-Identifier: MIT */
/* fnq model list. */
#include <stdio.h>

#include "cli/library/model_list.h"
#include "cli/print/list.h"
#include "cli/program/command.h"

enum { ID_SHOWN = 10 };

static const struct fnq_field fields[] = {
    {.key = "kind", .title = "KIND"},
    {.key = "name", .title = "NAME", .style = FNQ_BOLD, .fit = FNQ_MIDDLE},
    {.key = "what", .title = "WHAT", .fit = FNQ_FOLD},
    {.key = "parameters", .title = "PARAMETERS", .right = true, .drop = 3},
    {.key = "id", .title = "ID", .style = FNQ_DIM, .drop = 4},
    {.key = "licence", .title = "LICENCE", .drop = 1, .fit = FNQ_FOLD},
    {.key = "path", .title = "PATH", .style = FNQ_DIM, .drop = 5, .fit = FNQ_MIDDLE},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.models/1", "models", "fnq.model/1", fields);

static void put_model(struct fnq_list *l, const struct fnl_model_entry *m)
{
    char shown[ID_SHOWN + 1];
    (void)snprintf(shown, sizeof shown, "%s", m->id);
    fnq_put_text(l, m->profile ? "profile" : "model");
    fnq_put_text(l, m->name);
    fnq_put_text(l, m->what);
    if (m->parameters)
        fnq_put_count(l, m->parameters);
    else
        fnq_put_text(l, NULL);
    fnq_put_shown(l, m->id[0] ? m->id : NULL, shown);
    fnq_put_text(l, m->licence[0] ? m->licence : NULL);
    fnq_put_path(l, m->path);
    fnq_list_row(l);
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_models models;
    struct fnq_list l;
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "model list takes no operands.");
    if (fnl_models_list(ctx->lib, &models, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    bool none = models.n == 0;
    fnq_list_begin(&l, &ctx->out, &kind);
    for (size_t i = 0; i < models.n; i++)
        put_model(&l, &models.m[i]);
    fnq_list_end(&l, NULL);
    fnl_models_finish(&models);
    return none ? fnq_say(FN_EXIT_NO,
                          "no models are installed. Make them: fnq model import packages DIR")
                : FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(model_list) = {
    .name = "model list",
    .args = "",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "list models and profiles",
    .examples = "fnq model list\n",
    .run = fnq_run_model_list,
};
