/* SPDX-License-Identifier: MIT */
/* See train_says.h. */
#include "cli/training/train_says.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/kernels/cpu.h"

static const uint64_t say_every_ns = 1000000000u, say_every_piped_ns = 30000000000u;

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
}

static void duration(double s, char *out, size_t size)
{
    if (s < 90)
        (void)snprintf(out, size, "%.0f s", s);
    else if (s < 5400)
        (void)snprintf(out, size, "%.0f min", s / 60);
    else
        (void)snprintf(out, size, "%.1f h", s / 3600);
}

static void progress(struct fnq_train_says *t, const struct fn_run_state *s,
                     const struct fn_train_report *r)
{
    const struct fn_train_opts *o = s->opts;
    const struct fn_batch_stats *b = &r->stats;
    bool tty = isatty(STDERR_FILENO), last = r->step == o->steps || r->stop;
    uint64_t now = fn_clock_mono_ns();
    char left[32];
    if (t->ctx->o.quiet ||
        (!last && now - t->said_ns < (tty ? say_every_ns : say_every_piped_ns)))
        return;
    t->said_ns = now;
    double done = (double)(r->step - s->first_step);
    duration(s->seconds / fmax(done, 1) * (double)(o->steps - r->step), left, sizeof left);
    (void)fprintf(stderr, "%sstep %" PRIu64 "/%" PRIu64 "  loss %.4f  ", tty ? "\r" : "",
                  r->step, o->steps, b->loss);
    if (o->loss == FN_LOSS_TRIPLET)
        (void)fprintf(stderr, "active %zu of %zu pairs", b->active, b->pairs);
    else
        (void)fprintf(stderr, "right %zu of %zu", r->right, r->batch);
    (void)fprintf(stderr, "  d2 same %.2f (%.2f) other %.2f (%.2f)  %.1f faces/s  %s left%s",
                  (double)b->positive[2], (double)b->positive[4], (double)b->negative[2],
                  (double)b->negative[0], (double)r->batch / fmax(r->step_s, 1e-9), left,
                  tty && !last ? "  " : "\n");
    (void)fflush(stderr);
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
