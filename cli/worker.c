/* SPDX-License-Identifier: MIT */
/* The one worker of a command. */
#include <errno.h>
#include <stdlib.h>

#include "cli/picture.h"

int fnq_worker_start(struct fnq_ctx *ctx, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    int rc = ctx->worker ? 0 : fnq_config(ctx, &c, err);
    if (rc)
        return rc;
    if (!ctx->worker) {
        ctx->worker = calloc(1, sizeof *ctx->worker);
        if (!ctx->worker)
            return fn_error_set(err, -ENOMEM, "out of memory");
        fn_worker_opts_of(c, ctx->o.models, ctx->profile, &ctx->worker->opts);
        /* Somebody waits for the answer. */
        ctx->worker->opts.priority = FN_PRIORITY_NORMAL;
        ctx->worker->photo_ms = (int)(c->photo_timeout_s * 1000);
    }
    return fn_steady_start(ctx->worker, err);
}

void fnq_worker_stop(struct fnq_ctx *ctx)
{
    if (ctx->worker)
        fn_steady_stop(ctx->worker);
    free(ctx->worker);
    ctx->worker = NULL;
}

int fnq_worker_ask(struct fnq_ctx *ctx, struct fn_work_request *r, struct fn_work_reply *ret,
                   struct fn_error *err)
{
    int rc = fnq_worker_start(ctx, err);
    return rc ? rc : fn_steady_ask(ctx->worker, r, ret, err);
}
