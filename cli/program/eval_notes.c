/* SPDX-License-Identifier: MIT */
/* See eval_notes.h. */
#include "cli/program/eval_notes.h"

#include <stdio.h>
#include <unistd.h>

#include "engine/model/profile.h"

static void failed(void *arg, const char *path, const struct fn_error *err)
{
    FN_IGNORE(fnq_fail(arg, err, path, NULL));
}

static void progress(void *arg, const struct fnl_eval_progress *p)
{
    const struct fnq_ctx *ctx = arg;
    if (ctx->o.quiet || !isatty(STDERR_FILENO))
        return;
    if (p->last) {
        (void)fputs("\r\033[K", stderr);
        return;
    }
    double done = (double)p->done, n = (double)p->n;
    double left = done > 0 ? p->seconds * (n - done) / done : 0;
    (void)fprintf(stderr, "\r\033[K%zu of %zu pictures, %.1f/s by %zu workers, %.0f %s left",
                  p->done, p->n, done / p->seconds, p->workers, left < 90 ? left : left / 60,
                  left < 90 ? "s" : "min");
}

struct fnl_eval_events fnq_eval_events(struct fnq_ctx *ctx)
{
    return (struct fnl_eval_events){failed, progress, ctx};
}

int fnq_eval_open(struct fnq_ctx *ctx, const struct fnl_eval_choice *choice, struct fnl_eval *e,
                  struct fn_error *err)
{
    const struct fnl_eval_events events = fnq_eval_events(ctx);
    int rc = fnl_eval_open(ctx->lib, choice, &events, e, err);
    if (rc)
        return rc;
    const struct fn_calibration *c = &e->profile->embedder->calibration;
    if (e->other_flip)
        fnq_note(ctx, "the model's thresholds are for vectors %s mirror images: not used",
                 c->flip ? "with" : "without");
    if (e->calibrated)
        fnq_note(ctx, "the model's own thresholds of %s: pairs %.3f, groups %.3f", c->date,
                 (double)e->profile->v.pair_d2, (double)e->profile->v.group_d2);
    return 0;
}

void fnq_eval_close(struct fnq_ctx *ctx, struct fnl_eval *e)
{
    if (e->n_fresh)
        fnq_note(ctx, "%zu faces or pictures looked at, %zu taken from the cache", e->n_fresh,
                 e->n_known);
    fnl_eval_close(e);
}
