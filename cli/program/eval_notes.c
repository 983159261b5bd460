/* SPDX-License-Identifier: MIT */
/* See eval_notes.h. */
#include "cli/program/eval_notes.h"

#include "cli/program/interrupt.h"
#include "cli/program/progress_text.h"
#include "engine/model/profile.h"

static void failed(void *arg, const char *path, const struct fn_error *err)
{
    FN_IGNORE(fnq_fail(arg, err, path, NULL));
}

static void progress(void *arg, const struct fnl_eval_progress *p)
{
    const struct fnq_steps steps = {p->done, p->n, "pictures", p->seconds, p->last};
    fnq_progress(arg, &steps);
}

/* A second signal ends the program at once. */
static void ahead(void *arg, bool begins)
{
    (void)arg;
    if (begins)
        fnq_interrupt_begin();
    else
        fnq_interrupt_end();
}

static bool stop(void *arg)
{
    (void)arg;
    return fnq_interrupted();
}

struct fnl_eval_events fnq_eval_events(struct fnq_ctx *ctx)
{
    return (struct fnl_eval_events){
        .failed = failed, .progress = progress, .ahead = ahead, .stop = stop, .arg = ctx};
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
