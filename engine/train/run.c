/* SPDX-License-Identifier: MIT */
/* See run.h. */
#include "engine/train/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/train/run_log.h"
#include "engine/train/trained_model.h"

/* A run in progress. */
struct going {
    const struct fn_run_settings *s;
    const struct fn_run_events *e;
    struct fn_trainer *trainer;
    struct fn_run_state state;
    struct fn_held_out held_out;
    struct fn_run_log log;
    uint64_t started_ns, images;
    double seconds_before; /* of earlier parts of this run */
    double widest;         /* largest median distance of different people so far */
    bool collapse_told;
    size_t n_left_out_told;
};

int fn_run_places_of(const char *dir, struct fn_run_places *ret, struct fn_error *err)
{
    if (fn_path_expand(ret->dir, sizeof ret->dir, dir) ||
        fn_path_join(ret->checkpoint, sizeof ret->checkpoint, ret->dir, "train.ckpt") ||
        fn_path_join(ret->log, sizeof ret->log, ret->dir, "train.csv") ||
        fn_path_join(ret->model, sizeof ret->model, ret->dir, "model.fnm"))
        return fn_error_set(err, -ENAMETOOLONG, "'%s': the name is too long", dir);
    return 0;
}

static double seconds_here(const struct going *g)
{
    return (double)(fn_clock_mono_ns() - g->started_ns) / 1e9;
}

static int make_trainer(struct going *g, struct fn_error *err)
{
    const struct fn_run_settings *s = g->s;
    int rc = fn_trainer_create_with(s->model, s->data, s->pictures, &s->opts, s->comm,
                                    &g->trainer, err);
    if (rc == 0 && s->resumed)
        rc = fn_trainer_resume(g->trainer, s->resumed, err);
    else if (rc == 0 && s->random_weights && s->opts.begin_sample)
        rc = fn_trainer_begin(g->trainer, s->opts.begin_sample, err);
    return rc;
}

static int begin(struct going *g, struct fn_error *err)
{
    const struct fn_run_settings *s = g->s;
    if (s->resumed) {
        g->images = s->resumed->images;
        if (strncmp(s->resumed->extra, "seconds ", 8) == 0)
            g->seconds_before = strtod(s->resumed->extra + 8, NULL);
    }
    int rc = make_trainer(g, err);
    if (rc)
        return rc;
    g->started_ns = fn_clock_mono_ns();
    rc = fn_held_out_choose(s->data, &g->held_out, err);
    g->state = (struct fn_run_state){.trainer = g->trainer,
                                     .opts = fn_trainer_opts(g->trainer),
                                     .n_held_out = g->held_out.n,
                                     .why_no_figures = fn_held_out_why_none(&g->held_out),
                                     .first_step = s->resumed ? s->resumed->step : 0};
    if (rc == 0 && s->comm->rank == 0)
        rc = fn_run_log_open(&g->log, s->places->log, fn_trainer_steps(g->trainer), err);
    rc = fn_comm_agree(s->comm, rc, err);
    if (rc == 0 && s->comm->rank == 0 && g->e->begun)
        g->e->begun(g->e->arg, &g->state);
    return rc;
}

static int save(struct going *g, struct fn_error *err)
{
    char extra[256];
    const char *kept = g->s->kept ? g->s->kept : "";
    (void)snprintf(extra, sizeof extra, "seconds %.3f%s%s", g->seconds_before + seconds_here(g),
                   *kept ? " " : "", kept);
    return fn_trainer_save(g->trainer, g->s->places->checkpoint, extra, err);
}

/* Whether all embeddings are in one point, or nearly: at one twentieth of the earlier distance
 * of strangers, with a loss not below the margin. */
static bool collapses(struct going *g, const struct fn_train_report *r)
{
    const struct fn_train_opts *o = g->state.opts;
    double apart = (double)r->stats.negative[2];
    g->widest = apart > g->widest ? apart : g->widest;
    return r->stats.collapsed ||
           (o->loss == FN_LOSS_TRIPLET && r->stats.pairs > 0 && apart < g->widest / 20 &&
            r->stats.loss > .95 * (double)o->margin);
}

static void tell_trouble(struct going *g, const struct fn_train_report *r)
{
    const struct fn_run_events *e = g->e;
    const struct fn_loader_trouble *l = fn_trainer_trouble(g->trainer);
    bool first = g->s->comm->rank == 0;
    if (first && collapses(g, r) && !g->collapse_told) {
        g->collapse_told = true;
        if (e->collapsed)
            e->collapsed(e->arg, r->step);
    }
    if (first && r->skipped && e->skipped)
        e->skipped(e->arg, r->step);
    for (; g->n_left_out_told < l->n_reasons; g->n_left_out_told++)
        if (e->left_out)
            e->left_out(e->arg, l->reason[g->n_left_out_told]);
}

static bool due(uint64_t step, uint64_t every, uint64_t last)
{
    return every && (step % every == 0 || step == last);
}

/* Rank 0 writes the log. If it fails, all ranks fail. */
static int write_down(struct going *g, const struct fn_train_report *r,
                      const struct fn_held_out_figures *held, struct fn_error *err)
{
    int rc = 0;
    if (g->s->comm->rank == 0) {
        const struct fn_sampler_facts f = fn_trainer_facts(g->trainer);
        g->state.seconds = seconds_here(g);
        rc = fn_run_log_add(&g->log, r, g->seconds_before + g->state.seconds, &f, held, err);
        if (g->e->stepped)
            g->e->stepped(g->e->arg, &g->state, r, held);
    }
    return fn_comm_agree(g->s->comm, rc, err);
}

static int step(struct going *g, struct fn_train_report *r, struct fn_run_result *ret,
                struct fn_error *err)
{
    const struct fn_run_settings *s = g->s;
    uint64_t last = g->state.opts->steps;
    if (g->e->stop && g->e->stop(g->e->arg))
        fn_trainer_ask_stop(g->trainer);
    int rc = fn_trainer_step(g->trainer, r, err);
    if (rc)
        return rc;
    g->images = r->images;
    ret->judged = due(r->step, s->eval_every, last);
    if (ret->judged)
        rc = fn_held_out_measure(&g->held_out, g->trainer, &ret->held, err);
    rc = rc ? rc : write_down(g, r, ret->judged ? &ret->held : NULL, err);
    tell_trouble(g, r);
    if (rc == 0 && (r->stop || due(r->step, s->checkpoint_every, last)))
        rc = save(g, err);
    return rc;
}

/* The present weights, with their origin and the measured thresholds. */
static int write_model(struct going *g, struct fn_run_result *ret, struct fn_error *err)
{
    const struct fn_held_out_figures *held = ret->judged ? &ret->held : NULL;
    struct fn_model m = fn_trainer_model(g->trainer);
    fn_trained_finish(&m, g->state.opts);
    fn_trained_note(&m.card, g->state.opts, fn_trainer_steps(g->trainer), g->images, held);
    if (held)
        m.calibration = held->calibration;
    ret->has_thresholds = m.calibration.pair_d2 > 0;
    return fn_model_save(&m, g->s->places->model, err);
}

static int go(struct going *g, struct fn_run_result *ret, struct fn_error *err)
{
    struct fn_train_report r = {.step = fn_trainer_steps(g->trainer)};
    int rc = 0;
    while (rc == 0 && r.step < g->state.opts->steps && !r.stop)
        rc = step(g, &r, ret, err);
    ret->stopped = r.stop;
    if (rc == 0 && g->s->comm->rank == 0)
        rc = write_model(g, ret, err);
    return rc;
}

int fn_run(const struct fn_run_settings *s, const struct fn_run_events *e,
           struct fn_run_result *ret, struct fn_error *err)
{
    static const struct fn_run_events nobody = {0};
    struct going g = {.s = s, .e = e ? e : &nobody, .log = {.fd = -1}};
    *ret = (struct fn_run_result){0};
    int rc = begin(&g, err);
    rc = rc ? rc : go(&g, ret, err);
    if (g.trainer)
        ret->steps = fn_trainer_steps(g.trainer);
    fn_run_log_close(&g.log);
    fn_held_out_free(&g.held_out);
    fn_trainer_destroy(g.trainer);
    return rc;
}
