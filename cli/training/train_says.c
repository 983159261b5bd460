/* SPDX-License-Identifier: MIT */
/* See train_says.h. */
#include "cli/training/train_says.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "engine/base/clock.h"
#include "engine/base/numbers.h"
#include "engine/kernels/cpu.h"

static void begun(void *arg, const struct fn_run_state *s)
{
    const struct fnq_train_says *t = arg;
    struct fn_sampler_facts f = fn_trainer_facts(s->trainer);
    struct fn_batch_info i = fn_trainer_info(s->trainer);
    const struct fn_params *p = fn_trainer_params(s->trainer);
    fnq_note(t->ctx,
             "%zu faces of %zu people, %zu held out; %ux%u, %zu weights (%zu trained), chunks "
             "of %u, "
             "%u threads, %s",
             f.samples, f.people, s->n_held_out, i.width, i.height, fn_params_count(p, false),
             fn_params_count(p, true), i.chunk, s->opts->threads, fn_cpu_name(fn_cpu_flags()));
    if (s->why_no_figures)
        fnq_note(t->ctx, "no figures of held-out people and no thresholds: %s (--hold-out)",
                 s->why_no_figures);
}

static void facts(const struct fn_run_state *s, const struct fn_train_report *r,
                  struct fn_progress_part part[6])
{
    const struct fn_batch_stats *b = &r->stats;
    bool triplets = s->opts->loss == FN_LOSS_TRIPLET;
    double steps = (double)(r->step - s->first_step);
    char span[32];
    fn_span(span, sizeof span,
            s->seconds / fmax(steps, 1) * (double)(s->opts->steps - r->step));
    (void)snprintf(part[0].text, sizeof part[0].text, "step %" PRIu64 " of %" PRIu64, r->step,
                   s->opts->steps);
    (void)snprintf(part[1].text, sizeof part[1].text, "loss %.4f", b->loss);
    (void)snprintf(part[2].text, sizeof part[2].text, "%s %zu of %zu%s",
                   triplets ? "active" : "right", triplets ? b->active : r->right,
                   triplets ? b->pairs : r->batch, triplets ? " pairs" : "");
    (void)snprintf(part[3].text, sizeof part[3].text, "d2 same %.2f (%.2f) other %.2f (%.2f)",
                   (double)b->positive[2], (double)b->positive[4], (double)b->negative[2],
                   (double)b->negative[0]);
    (void)snprintf(part[4].text, sizeof part[4].text, "%.1f faces/s",
                   (double)r->batch / fmax(r->step_s, 1e-9));
    (void)snprintf(part[5].text, sizeof part[5].text, "about %s", span);
}

/* The last step is printed in any case, as a line that stays. */
static void progress(struct fnq_train_says *t, const struct fn_run_state *s,
                     const struct fn_train_report *r)
{
    struct fn_progress_part part[6] = {{.rank = 0}, {.rank = 2}, {.rank = 4},
                                       {.rank = 5}, {.rank = 3}, {.rank = 1}};
    char text[384];
    bool last = r->step == s->opts->steps || r->stop;
    uint64_t now = fn_clock_mono_ns();
    if (t->ctx->o.quiet || (!fn_progress_due(&t->line, now) && !last))
        return;
    facts(s, r, part);
    part[5].text[0] = last ? '\0' : part[5].text[0];
    fn_progress_join(text, sizeof text, part, 6,
                     last ? SIZE_MAX : fn_progress_columns(&t->line));
    if (last)
        fn_message(text);
    else
        fn_progress_show(&t->line, now, text);
}

static void stepped(void *arg, const struct fn_run_state *s, const struct fn_train_report *r,
                    const struct fn_held_out_figures *held)
{
    struct fnq_train_says *t = arg;
    progress(t, s, r);
    if (held && held->measured)
        fnq_note(t->ctx,
                 "held-out people: pair accuracy %.4f +- %.4f, TAR %.4f at FAR 1e-3, %.4f "
                 "at 1e-4",
                 held->accuracy, held->accuracy_error, held->tar3, held->tar4);
}

static void collapsed(void *arg, uint64_t step)
{
    const struct fnq_train_says *t = arg;
    fnq_note(t->ctx,
             "step %" PRIu64 ": all embeddings are nearly the same (collapse): the loss stays "
             "at the margin and training has no effect. Try a lower --rate, "
             "--select semi-hard, --mining online, or --loss arc first",
             step);
}

static void skipped(void *arg, uint64_t step)
{
    const struct fnq_train_says *t = arg;
    fnq_note(t->ctx, "step %" PRIu64 ": the gradient is not finite, skipped", step);
}

static void left_out(void *arg, const char *reason)
{
    const struct fnq_train_says *t = arg;
    fnq_note(t->ctx, "left out: %s", reason);
}

struct fn_run_events fnq_train_events(struct fnq_train_says *says)
{
    return (struct fn_run_events){.begun = begun,
                                  .stepped = stepped,
                                  .collapsed = collapsed,
                                  .skipped = skipped,
                                  .left_out = left_out,
                                  .arg = says};
}
