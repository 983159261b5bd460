/* SPDX-License-Identifier: MIT */
#include "cli/running/daemon_done.h"

#include "cli/program/no_daemon.h"

int fnq_daemon_done(struct fnq_ctx *ctx, int rc, const struct fn_error *err, const char *done)
{
    if (rc)
        return fnq_no_daemon(ctx, err, "Start it: facenetd");
    if (fnq_out_is_json(&ctx->out))
        fnq_json_one(&ctx->out, "fnq.done/1", json_pack("{s:s}", "text", done));
    else if (!ctx->o.quiet)
        fnq_text(&ctx->out, "%s\n", done);
    return FN_EXIT_OK;
}
