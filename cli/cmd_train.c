/* SPDX-License-Identifier: MIT */
/* fnq train: a network from random weights, or fine-tuned, by triplets or a margin softmax. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/train.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"
#include "engine/kernels/cpu.h"

const struct fn_opt fnq_options_train[] = {
    {"out", 'o', FN_OPT_STRING, FNQ_AT(out), "DIR",
     "folder of the run: train.ckpt, train.csv, model.fnm"},
    {"resume", 0, FN_OPT_FLAG, FNQ_AT(resume), NULL, "go on with the run in --out"},
    {"labels", 0, FN_OPT_FLAG, FNQ_AT(labels), NULL,
     "the data is the index: the faces you confirmed, of people with a name"},
    {"hold-out", 0, FN_OPT_STRING, FNQ_AT(hold_out), "X",
     "judge on this share of the people, train on the others (with --labels 0.1, from 200 "
     "people on)"},
    {"steps", 0, FN_OPT_U64, FNQ_AT(steps), "N", "steps of the whole run (default 1000)"},
    {"batch", 0, FN_OPT_STRING, FNQ_AT(batch_shape), "PxK[+N]",
     "people x faces of each, and N faces of others (default 45x8)"},
    {"loss", 0, FN_OPT_STRING, FNQ_AT(loss), "NAME",
     "triplet (default), arc (ArcFace) or cos (CosFace)"},
    {"select", 0, FN_OPT_STRING, FNQ_AT(select), "NAME", "semi-hard (default) or batch-hard"},
    {"mining", 0, FN_OPT_STRING, FNQ_AT(mining), "NAME", "online (default), offline or both"},
    {"margin", 0, FN_OPT_STRING, FNQ_AT(margin), "X",
     "of triplets (default 0.2), the angle (0.5) or the cosine (0.35)"},
    {"optimizer", 0, FN_OPT_STRING, FNQ_AT(optimizer), "NAME",
     "adagrad (default), momentum or adamw"},
    {"rate", 0, FN_OPT_STRING, FNQ_AT(rate), "X",
     "learning rate (default by optimizer: 0.003, 0.05, 0.001)"},
    {"schedule", 0, FN_OPT_STRING, FNQ_AT(schedule), "NAME", "flat, steps or cosine (default)"},
    {"freeze-before", 0, FN_OPT_STRING, FNQ_AT(freeze_before), "LAYER",
     "train this layer and those behind it only"},
    {"size", 0, FN_OPT_STRING, FNQ_AT(size), "WxH", "input size (default: the network's)"},
    {"dim", 0, FN_OPT_U64, FNQ_AT(dim), "N", "numbers of an embedding (default 128)"},
    {"share", 0, FN_OPT_STRING, FNQ_AT(share), "X",
     "train on this share of the people, for a curve over the amount of data"},
    {"mode", 0, FN_OPT_STRING, FNQ_AT(mode), "MODE",
     "detect (find faces and align; default) or centre (the middle of each picture)"},
    {"threads", 0, FN_OPT_U64, FNQ_AT(threads), "N", "default: one per core"},
    {"seed", 0, FN_OPT_U64, FNQ_AT(seed), "N", "of everything random (default 1)"},
    {"set", 0, FN_OPT_LIST, FNQ_AT(set), "NAME=X",
     "any other option of a run, e.g. augment.flip_p=0; see fnq(1)"},
    {"checkpoint-every", 0, FN_OPT_U64, FNQ_AT(checkpoint_every), "N", "steps (default 100)"},
    {"eval-every", 0, FN_OPT_U64, FNQ_AT(eval_every), "N",
     "steps between figures on held-out people (default 100; 0: never)"},
    FNQ_OPT_END};

static volatile sig_atomic_t stop_asked;

static void on_signal(int sig)
{
    (void)sig;
    stop_asked = 1;
}

/* ---- options ---- */

static int set_named(struct fn_train_opts *o, const char *name, const char *value,
                     struct fn_error *err)
{
    return value ? fn_train_opts_set(o, name, value, err) : 0;
}

/* A number of at most seven digits, above 0, and how far it goes. */
static bool number(const char **p, uint32_t *ret)
{
    char *end;
    unsigned long v = **p >= '0' && **p <= '9' ? strtoul(*p, &end, 10) : 0;
    if (!v || end - *p > 7)
        return false;
    *ret = (uint32_t)v;
    *p = end;
    return true;
}

static bool two_numbers(const char **p, uint32_t *a, uint32_t *b)
{
    return number(p, a) && *(*p)++ == 'x' && number(p, b);
}

static int set_batch(struct fn_train_opts *o, const char *text, struct fn_error *err)
{
    uint32_t people, faces, extra = 0;
    if (!text)
        return 0;
    bool ok = two_numbers(&text, &people, &faces);
    if (ok && *text == '+') {
        text++;
        ok = number(&text, &extra);
    }
    if (!ok || *text)
        return fn_error_set(err, FN_EUSAGE, "--batch is PEOPLExFACES, like 45x8 or 45x8+60");
    o->people = people;
    o->faces = faces;
    o->extra = extra;
    return 0;
}

static int set_size(struct fn_train_opts *o, const char *text, struct fn_error *err)
{
    if (text && (!two_numbers(&text, &o->width, &o->height) || *text))
        return fn_error_set(err, FN_EUSAGE, "--size is WIDTHxHEIGHT, like 96x96");
    return 0;
}

static int set_list(struct fn_train_opts *o, const struct fn_opt_list *l, struct fn_error *err)
{
    char name[64];
    for (size_t i = 0; i < l->n; i++) {
        const char *eq = strchr(l->items[i], '=');
        if (!eq || (size_t)(eq - l->items[i]) >= sizeof name)
            return fn_error_set(err, FN_EUSAGE, "--set is NAME=VALUE, not '%s'", l->items[i]);
        (void)snprintf(name, sizeof name, "%.*s", (int)(eq - l->items[i]), l->items[i]);
        int rc = fn_train_opts_set(o, name, eq + 1, err);
        if (rc)
            return rc;
    }
    return 0;
}

/* What belongs to an optimizer or a loss, before what the user says of it. */
static void set_defaults(struct fn_train_opts *o)
{
    static const double rates[] = {.003, .05, .001};
    o->optim = fn_optim_default(o->optim.kind);
    o->rate = rates[o->optim.kind];
    o->margin = o->loss == FN_LOSS_ARC ? .5f : o->loss == FN_LOSS_COS ? .35f : .2f;
    o->schedule = (struct fn_schedule){.kind = FN_SCHEDULE_COSINE, .floor = .02, .factor = .1};
}

static int read_options(struct fnq_train *t, struct fn_error *err)
{
    const struct fnq_opts *c = &t->ctx->o;
    struct fn_train_opts *o = &t->o;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *o = fn_train_default();
    int rc = set_named(o, "optim.kind", c->optimizer, err);
    rc = rc ? rc : set_named(o, "loss", c->loss, err);
    set_defaults(o);
    o->steps = c->steps ? c->steps : o->steps;
    o->seed = c->seed ? c->seed : o->seed;
    o->threads = c->threads ? (unsigned)c->threads : cores > 0 ? (unsigned)cores : 1;
    rc = rc ? rc : set_named(o, "schedule.kind", c->schedule, err);
    rc = rc ? rc : set_batch(o, c->batch_shape, err);
    rc = rc ? rc : set_size(o, c->size, err);
    rc = rc ? rc : set_named(o, "selection", c->select, err);
    rc = rc ? rc : set_named(o, "mining", c->mining, err);
    rc = rc ? rc : set_named(o, "margin", c->margin, err);
    rc = rc ? rc : set_named(o, "rate", c->rate, err);
    rc = rc ? rc : set_named(o, "freeze_before", c->freeze_before, err);
    rc = rc ? rc : set_list(o, &c->set, err);
    o->schedule.total = o->steps;
    o->cpu_flags = FN_CPU_DETECT;
    return rc;
}

/* ---- a run ---- */

static int set_places(struct fnq_train *t, struct fn_error *err)
{
    const char *dir = t->ctx->o.out;
    if (fn_path_expand(t->dir, sizeof t->dir, dir) ||
        fn_path_join(t->checkpoint, sizeof t->checkpoint, t->dir, "train.ckpt") ||
        fn_path_join(t->csv, sizeof t->csv, t->dir, "train.csv") ||
        fn_path_join(t->result, sizeof t->result, t->dir, "model.fnm"))
        return fn_error_set(err, -ENAMETOOLONG, "'%s': the name is too long", dir);
    if (!t->ctx->o.resume && fn_file_exists(t->checkpoint))
        return fn_error_set(
            err, FN_EREFUSED,
            "'%s' has a run already; go on with it (--resume) or take another folder", t->dir);
    return fn_mkdirs(t->dir, 0755, err);
}

static int resume_from(struct fnq_train *t, struct fn_error *err)
{
    unsigned threads = t->o.threads;
    int rc = fn_checkpoint_open(t->checkpoint, &t->resumed, err);
    if (rc)
        return rc;
    t->o = t->resumed.opts;
    t->o.threads = threads;
    t->o.cpu_flags = FN_CPU_DETECT;
    t->model = t->resumed.model;
    t->images = t->resumed.images;
    if (strncmp(t->resumed.extra, "seconds ", 8) == 0)
        t->seconds_before = strtod(t->resumed.extra + 8, NULL);
    if (t->comm->rank == 0 && strcmp(t->resumed.kernels, fn_cpu_name(fn_cpu_flags())) != 0)
        fnq_note(t->ctx, "begun with %s kernels, goes on with %s: rounded otherwise from here",
                 t->resumed.kernels, fn_cpu_name(fn_cpu_flags()));
    return 0;
}

static int read_mode(const struct fnq_ctx *ctx, bool *ret_centre, struct fn_error *err)
{
    const char *mode = ctx->o.mode ? ctx->o.mode : "detect";
    *ret_centre = strcmp(mode, "centre") == 0;
    if (*ret_centre && ctx->o.labels)
        return fn_error_set(err, FN_EUSAGE,
                            "--mode centre is not for --labels: the index knows where the "
                            "faces are");
    return *ret_centre || strcmp(mode, "detect") == 0
               ? 0
               : fn_error_set(err, FN_EUSAGE, "--mode is detect or centre");
}

static int begin(struct fnq_train *t, const char *network, const char *data,
                 struct fn_error *err)
{
    bool centre = false, resume = t->ctx->o.resume;
    int rc = read_mode(t->ctx, &centre, err);
    rc = rc ? rc : read_options(t, err);
    rc = rc ? rc : set_places(t, err);
    if (rc == 0)
        rc = resume ? resume_from(t, err) : fnq_train_net(t, network, t->ctx->o.dim, err);
    if (rc == 0)
        fnq_train_template(t);
    rc = rc ? rc : fnq_train_pictures(t, err);
    rc = fn_comm_agree(t->comm, rc, err);
    rc = rc ? rc : fnq_train_data(t, data, centre, err);
    if (rc == 0 && !resume)
        fnq_train_provenance(t);
    rc = rc ? rc
            : fn_trainer_create_with(t->model, t->data, &t->pictures, &t->o, t->comm,
                                     &t->trainer, err);
    if (rc == 0 && resume)
        rc = fn_trainer_resume(t->trainer, &t->resumed, err);
    else if (rc == 0 && !t->opened && t->o.begin_sample)
        rc = fn_trainer_begin(t->trainer, t->o.begin_sample, err);
    if (rc)
        return rc;
    t->o = *fn_trainer_opts(t->trainer);
    t->started_ns = fn_clock_mono_ns();
    rc = fnq_train_choose_held_out(t, err);
    if (rc == 0 && t->comm->rank == 0)
        rc = fnq_train_log_open(t, err);
    return fn_comm_agree(t->comm, rc, err);
}

static void say_what(struct fnq_train *t)
{
    struct fn_sampler_facts f = fn_trainer_facts(t->trainer);
    struct fn_batch_info i = fn_trainer_info(t->trainer);
    const struct fn_params *p = fn_trainer_params(t->trainer);
    fnq_note(t->ctx,
             "%zu faces of %zu people, %zu held out; %ux%u, %zu weights (%zu trained), chunks "
             "of %u, "
             "%u threads, %s",
             f.samples, f.people, t->n_held_out, i.width, i.height, fn_params_count(p, false),
             fn_params_count(p, true), i.chunk, t->o.threads, fn_cpu_name(fn_cpu_flags()));
}

static int save(struct fnq_train *t, struct fn_error *err)
{
    char extra[64];
    (void)snprintf(extra, sizeof extra, "seconds %.3f", fnq_train_seconds(t));
    return fn_trainer_save(t->trainer, t->checkpoint, extra, err);
}

/* All in one place, or on the way there: a twentieth of how far apart strangers were, and no
 * loss below the margin. */
static bool collapses(struct fnq_train *t, const struct fn_train_report *r)
{
    double apart = (double)r->stats.negative[2];
    t->widest = apart > t->widest ? apart : t->widest;
    return r->stats.collapsed ||
           (t->o.loss == FN_LOSS_TRIPLET && r->stats.pairs > 0 && apart < t->widest / 20 &&
            r->stats.loss > .95 * (double)t->o.margin);
}

static void say_trouble(struct fnq_train *t, const struct fn_train_report *r, bool *said)
{
    if (t->comm->rank)
        return;
    if (collapses(t, r) && !*said) {
        *said = true;
        fnq_note(t->ctx,
                 "step %" PRIu64
                 ": all embeddings are nearly the same (collapse): the loss stays at the "
                 "margin and teaches nothing. A lower --rate, --select semi-hard, --mining "
                 "online, or --loss arc first",
                 r->step);
    }
    if (r->skipped)
        fnq_note(t->ctx, "step %" PRIu64 ": the gradient is not finite, skipped", r->step);
}

/* Each rank speaks of its own pictures. */
static void say_unusable(struct fnq_train *t)
{
    const struct fn_loader_trouble *l = fn_trainer_trouble(t->trainer);
    for (; t->n_unusable_said < l->n_reasons; t->n_unusable_said++)
        fnq_note(t->ctx, "left out: %s", l->reason[t->n_unusable_said]);
}

static bool due(uint64_t step, uint64_t every, uint64_t last)
{
    return every && (step % every == 0 || step == last);
}

/* Rank 0 keeps the log; what fails there fails everywhere. */
static int write_down(struct fnq_train *t, const struct fn_train_report *r,
                      const struct fnq_train_held_out *held, struct fn_error *err)
{
    int rc = 0;
    if (t->comm->rank == 0) {
        rc = fnq_train_log(t, r, held, err);
        fnq_train_progress(t, r, r->step == t->o.steps || r->stop);
        if (held && held->measured)
            fnq_note(t->ctx,
                     "held-out people: pair accuracy %.4f +- %.4f, TAR %.4f at FAR 1e-3, %.4f "
                     "at 1e-4",
                     held->accuracy, held->accuracy_error, held->tar3, held->tar4);
    }
    return fn_comm_agree(t->comm, rc, err);
}

static int run(struct fnq_train *t, struct fn_error *err)
{
    struct fn_train_report r = {.step = fn_trainer_steps(t->trainer)};
    struct fnq_train_held_out held = {0};
    bool said = false, judge = false;
    int rc = 0;
    while (rc == 0 && r.step < t->o.steps && !r.stop) {
        if (stop_asked)
            fn_trainer_ask_stop(t->trainer);
        rc = fn_trainer_step(t->trainer, &r, err);
        if (rc)
            break;
        t->images = r.images;
        judge = due(r.step, t->eval_every, t->o.steps);
        if (judge)
            rc = fnq_train_measure(t, &held, err);
        rc = rc ? rc : write_down(t, &r, judge ? &held : NULL, err);
        say_trouble(t, &r, &said);
        say_unusable(t);
        if (rc == 0 && (r.stop || due(r.step, t->every, t->o.steps)))
            rc = save(t, err);
    }
    t->stopped = r.stop;
    if (rc == 0 && t->comm->rank == 0)
        rc = fnq_train_write_model(t, judge ? &held : NULL, err);
    return rc;
}

static void finish(struct fnq_train *t)
{
    if (t->csv_fd >= 0)
        (void)close(t->csv_fd);
    fn_trainer_destroy(t->trainer);
    fn_checkpoint_close(&t->resumed);
    fn_model_destroy(t->opened);
    fn_graph_builder_destroy(t->builder);
    fn_dataset_destroy(t->data);
    fn_worker_pool_destroy(t->pool);
    free(t->held_out);
    fn_comm_finish(t->comm);
}

static const char *what_is_missing(const struct fnq_opts *o)
{
    if (!o->out)
        return "train: where to? --out DIR";
    if (o->resume)
        return "train: --resume takes the data alone (with --labels nothing); the network is "
               "in "
               "the run";
    return o->labels ? "train: which network? With --labels the data is the index"
                     : "train: which network, on which data?";
}

int fnq_run_train(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fnq_train t = {.ctx = ctx, .csv_fd = -1};
    struct fn_error err = {0};
    const struct sigaction act = {.sa_handler = on_signal};
    const char *data = ctx->o.labels || !argc ? NULL : argv[argc - 1];
    if (argc != !ctx->o.resume + !ctx->o.labels || !ctx->o.out)
        return fnq_usage(ctx, "%s", what_is_missing(&ctx->o));
    t.every = ctx->o.checkpoint_every ? ctx->o.checkpoint_every : 100;
    t.eval_every = ctx->o.eval_every;
    int rc = fn_comm_start(&t.comm, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    rc = begin(&t, argv[0], data, &err);
    if (rc == 0) {
        (void)sigaction(SIGINT, &act, NULL);
        (void)sigaction(SIGTERM, &act, NULL);
        if (t.comm->rank == 0)
            say_what(&t);
        rc = run(&t, &err);
    }
    bool speaks = t.comm->rank == 0 || t.comm->lost;
    int code = rc && speaks ? fnq_fail(ctx, &err, NULL, NULL)
               : rc         ? fn_exit_of(rc)
               : t.stopped  ? FNQ_INTERRUPTED
                            : FNQ_OK;
    if (t.comm->rank)
        ;
    else if (code == FNQ_INTERRUPTED)
        fnq_note(ctx,
                 "stopped at step %" PRIu64 ", saved; go on: fnq train --resume --out %s %s",
                 fn_trainer_steps(t.trainer), t.dir, data ? data : "--labels");
    else if (code == FNQ_OK)
        fnq_note(ctx,
                 "%s is the network; judge it: fnq eval lfw DIR --model %s; index with it: fnq "
                 "model install %s --name NAME",
                 t.result, t.result, t.result);
    finish(&t);
    return code;
}
