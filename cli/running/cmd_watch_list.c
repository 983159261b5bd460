/* SPDX-License-Identifier: MIT */
/* fnq watch list. */
#include "cli/library/library_roots.h"
#include "cli/print/list.h"
#include "cli/program/command.h"

static const struct fnq_field fields[] = {
    {.key = "path", .title = "PATH", .fit = FNQ_MIDDLE},
    {.key = "state", .title = "STATE"},
    {.key = "mode", .title = "MODE", .drop = 1},
    {.key = "reason", .title = "NOTE", .style = FNQ_DIM, .fit = FNQ_FOLD},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.watch/1", "roots", "fnq.root/1", fields);

static void put_root(struct fnq_list *l, const struct fn_root *r)
{
    fnq_put_path(l, r->path);
    fnq_put_text(l, fnl_root_state_name(r));
    fnq_put_text(l, fnl_root_mode_name(r));
    fnq_put_text(l, r->reason[0] ? r->reason : NULL);
    fnq_list_row(l);
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_roots roots;
    struct fnq_list l;
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "watch list takes no operands.");
    int rc = fnq_read_begin(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    rc = fnl_roots_list(fnl_txn(ctx->lib), &roots, &err);
    fnq_read_end(ctx);
    if (rc)
        return fnq_fail(ctx, &err, "watch list", NULL);
    fnq_list_begin(&l, &ctx->out, &kind);
    for (size_t i = 0; i < roots.n; i++)
        put_root(&l, &roots.r[i]);
    fnq_list_end(&l, NULL);
    fnl_roots_finish(&roots);
    return FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(watch_list) = {
    .name = "watch list",
    .args = "",
    .group = FNQ_GROUP_RUNNING,
    .summary = "list the folders that are kept indexed",
    .examples = "fnq watch list\n",
    .run = fnq_run_watch_list,
};
