/* SPDX-License-Identifier: MIT */
/* fnq status. */
#include "cli/program/command.h"
#include "cli/running/status_show.h"

struct options {
    bool watch;
};
static const struct fn_opt table[] = {
    OPT_FLAG(watch, "watch", 'w', "keep showing the status; with --jsonl, a line per change"),
    OPT_END,
};

static void print(struct fnq_out *o, const struct fnl_status *s)
{
    if (fnq_out_is_json(o))
        fnq_json_one(o, "fnq.status/1", fnq_status_json(s));
    else
        fnq_status_text(o, s);
}

static int redraw(const struct fnl_status *s, void *arg)
{
    struct fnq_out *o = arg;
    if (o->format == FNQ_TEXT)
        fn_buf_str(&o->buf, "\033[H\033[J");
    print(o, s);
    fnq_out_flush(o);
    return o->failed; /* no program reads the output any more */
}

static int show_once(struct fnq_ctx *ctx, struct fn_error *err)
{
    struct fnl_status s;
    int rc = fnl_status_get(ctx->lib, &s, err);
    if (rc)
        return rc;
    print(&ctx->out, &s);
    fnl_status_finish(&s);
    return 0;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "status takes no operands.");
    int rc =
        o->watch ? fnl_status_watch(ctx->lib, redraw, &ctx->out, &err) : show_once(ctx, &err);
    return rc ? fnq_fail(ctx, &err, NULL, NULL) : FN_EXIT_OK;
}

FNQ_COMMAND(status) = {
    .name = "status",
    .args = "",
    .group = FNQ_GROUP_RUNNING,
    .summary = "show what facenetd does and the index has",
    .examples = "fnq status\n"
                "fnq status --watch\n",
    FNQ_TYPED(status, table),
};
