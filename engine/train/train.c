/* SPDX-License-Identifier: MIT */
/* See train.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/base/rng.h"
#include "engine/kernels/gemm.h"
#include "engine/train/train_priv.h"

struct fn_train_opts fn_train_default(void)
{
    return (struct fn_train_opts){.seed = 1,
                                  .steps = 1000,
                                  .people = 45,
                                  .faces = 8,
                                  .frame = 1,
                                  .begin_sample = 96,
                                  .augment = fn_augment_default(),
                                  .margin = .2f,
                                  .margin_scale = 32,
                                  .offline_every = 200,
                                  .offline_subset = 2000,
                                  .optim = fn_optim_default(FN_OPTIM_ADAGRAD),
                                  .rate = .05,
                                  .schedule = {.factor = .1},
                                  .threads = 1,
                                  .loader_threads = 1,
                                  .cpu_flags = 1u << 31,
                                  .bad_steps_max = 10};
}

/* ---- creation ---- */

static int check(const struct fn_train_opts *o, struct fn_error *err)
{
    if (o->people < 2 || o->faces < 1 || o->people > 100000 || o->faces > 10000)
        return fn_error_set(err, FN_EUSAGE, "a batch needs at least 2 people and 1 face each");
    if (o->loss == FN_LOSS_TRIPLET && o->faces < 2)
        return fn_error_set(err, FN_EUSAGE, "triplets need at least 2 faces of a person");
    if (!(o->rate > 0) || !isfinite(o->rate))
        return fn_error_set(err, FN_EUSAGE, "the learning rate has to be above 0");
    if (o->mining != FN_MINING_ONLINE &&
        (o->loss != FN_LOSS_TRIPLET || o->offline_every < 1 ||
         o->offline_subset < 2 * o->faces || (size_t)o->people * o->faces < 3))
        return fn_error_set(
            err, FN_EUSAGE,
            "offline selection is for triplets, every 1 step or more, in a subset "
            "of at least 2 people");
    return 0;
}

static int make_net(struct fn_trainer *t, struct fn_error *err)
{
    const struct fn_train_opts *o = &t->o;
    int rc = fn_params_init(&t->params, &t->model->graph, err);
    if (rc == 0 && o->freeze_before[0])
        rc = fn_params_freeze_before(&t->params, o->freeze_before, err);
    if (rc)
        return rc;
    uint32_t lanes = o->lanes ? o->lanes : t->comm->size > 4 ? t->comm->size : 4;
    struct fn_batch_opts b = {.width = o->width,
                              .height = o->height,
                              .chunk = o->chunk,
                              .chunk_most = (o->people * o->faces + o->extra) / lanes + 1,
                              .lanes = lanes,
                              .rank = t->comm->rank,
                              .ranks = t->comm->size,
                              .threads = o->threads,
                              .cpu_flags = o->cpu_flags};
    rc = fn_batch_create(&t->params, &t->model->pre, &b, &t->net, err);
    if (rc)
        return rc;
    t->info = fn_batch_info(t->net);
    t->o.chunk = t->info.chunk;
    t->o.lanes = t->info.lanes;
    t->o.width = t->info.width;
    t->o.height = t->info.height;
    struct fn_value *in = &t->params.graph.values[t->params.graph.inputs[0]];
    in->dims[2] = t->info.height;
    in->dims[3] = t->info.width;
    rc = fn_optim_init(&t->optim, &o->optim, t->params.size);
    return rc ? fn_error_set(err, rc, "out of memory for the optimiser") : 0;
}

static int make_data(struct fn_trainer *t, struct fn_error *err)
{
    const struct fn_train_opts *o = &t->o;
    struct fn_sampler_opts s = {.dataset = t->data,
                                .split = FN_SPLIT_TRAIN,
                                .people = o->people,
                                .faces = o->faces,
                                .extra = o->extra,
                                .need_face = o->need_face != 0,
                                .seed = o->seed};
    if (o->loss != FN_LOSS_TRIPLET)
        s.people = s.faces = s.extra = 0;
    int rc = fn_sampler_create(&s, &t->sampler, err);
    if (rc == 0 && o->mining != FN_MINING_ONLINE) {
        s.people = o->offline_subset / o->faces;
        s.extra = 0;
        s.seed = fn_mix64(o->seed ^ 0x737562736574u);
        rc = fn_sampler_create(&s, &t->mine_sampler, err);
    }
    struct fn_loader_opts l = {.dataset = t->data,
                               .pictures = t->pictures,
                               .width = t->info.width,
                               .height = t->info.height,
                               .margin = o->frame,
                               .augment = o->augment,
                               .seed = o->seed,
                               .threads = o->loader_threads};
    /* It changes the environment, which a loader may read to start a worker. */
    (void)fn_gemm_load();
    if (rc == 0)
        rc = fn_loader_create(&l, &t->loader, err);
    l.augment = fn_augment_none();
    if (rc == 0)
        rc = fn_loader_create(&l, &t->plain_loader, err);
    return rc;
}

/* Classes are the people of the training split, in the data set's order. */
static int make_head(struct fn_trainer *t, struct fn_error *err)
{
    t->class_of = calloc(t->data->n_people + 1, sizeof *t->class_of);
    if (!t->class_of)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < t->data->n_people; i++)
        t->class_of[i] =
            t->data->people_split[i] == FN_SPLIT_TRAIN ? (uint32_t)t->n_classes++ : UINT32_MAX;
    if (t->o.loss == FN_LOSS_TRIPLET)
        return 0;
    size_t n = t->n_classes * t->info.dim;
    if (fn_margin_init(&t->head, t->o.loss == FN_LOSS_ARC ? FN_MARGIN_ARC : FN_MARGIN_COS,
                       t->o.margin_scale, t->o.margin, t->n_classes, t->info.dim, t->o.seed) ||
        fn_optim_init(&t->head_optim, &t->o.optim, n))
        return fn_error_set(err, -ENOMEM, "out of memory for %zu people", t->n_classes);
    return 0;
}

static int make_buffers(struct fn_trainer *t, struct fn_error *err)
{
    t->batch_max = t->o.loss == FN_LOSS_TRIPLET ? fn_sampler_max(t->sampler)
                                                : (size_t)t->o.people * t->o.faces;
    size_t n = t->batch_max, chip = (size_t)t->info.width * t->info.height * 3, bytes;
    size_t own = fn_batch_rows_most(t->net, n) + 1;
    if (__builtin_mul_overflow(own, chip, &bytes))
        return fn_error_set(err, FN_ELIMIT, "a batch of %zu pictures is too large", n);
    bool ok = true;
    for (int i = 0; i < 2; i++) {
        struct fn_train_batch *b = &t->batch[i];
        b->idx = calloc(n, sizeof *b->idx);
        b->ok = calloc(own, 1);
        b->chips = malloc(bytes);
        ok = ok && b->idx && b->ok && b->chips;
    }
    t->ok = calloc(n, 1);
    t->row = calloc(n, sizeof *t->row);
    t->person = calloc(n, sizeof *t->person);
    t->own_f = calloc(own * t->info.dim, sizeof *t->f);
    t->own_df = calloc(own * t->info.dim, sizeof *t->df);
    t->f = calloc(n * t->info.dim, sizeof *t->f);
    t->df = calloc(n * t->info.dim, sizeof *t->df);
    t->grad = calloc(t->params.size + 1, sizeof *t->grad);
    ok =
        ok && t->ok && t->row && t->person && t->own_f && t->own_df && t->f && t->df && t->grad;
    return ok ? 0 : fn_error_set(err, -ENOMEM, "out of memory for a batch of %zu pictures", n);
}

static int make(struct fn_trainer *t, struct fn_error *err)
{
    t->bytes = calloc(t->comm->size, sizeof *t->bytes);
    int rc = t->bytes ? check(&t->o, err) : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0)
        rc = make_net(t, err);
    if (rc == 0)
        rc = make_data(t, err);
    if (rc == 0)
        rc = make_head(t, err);
    return rc ? rc : make_buffers(t, err);
}

int fn_trainer_create_with(const struct fn_model *m, const struct fn_dataset *data,
                           const struct fn_picture_source *pictures,
                           const struct fn_train_opts *o, struct fn_comm *comm,
                           struct fn_trainer **ret, struct fn_error *err)
{
    int rc = -ENOMEM;
    struct fn_trainer *t = calloc(1, sizeof *t);
    if (t) {
        t->o = *o;
        t->comm = comm;
        t->model = m;
        t->data = data;
        t->pictures = pictures;
        t->mined_round = UINT64_MAX;
        rc = make(t, err);
    } else {
        fn_error_set(err, rc, "out of memory");
    }
    rc = fn_comm_agree(comm, rc, err);
    if (rc == 0)
        rc = fn_train_check_start(t, err);
    if (rc)
        fn_trainer_destroy(t);
    else
        *ret = t;
    return rc;
}

int fn_trainer_create(const struct fn_model *m, const struct fn_dataset *data,
                      const struct fn_picture_source *pictures, const struct fn_train_opts *o,
                      struct fn_trainer **ret, struct fn_error *err)
{
    return fn_trainer_create_with(m, data, pictures, o, fn_comm_local(), ret, err);
}

const struct fn_loader_trouble *fn_trainer_trouble(const struct fn_trainer *t)
{
    return fn_loader_trouble(t->loader);
}

void fn_trainer_destroy(struct fn_trainer *t)
{
    if (!t)
        return;
    fn_loader_destroy(t->loader);
    fn_loader_destroy(t->plain_loader);
    fn_sampler_destroy(t->sampler);
    fn_sampler_destroy(t->mine_sampler);
    fn_batch_destroy(t->net);
    fn_margin_finish(&t->head);
    fn_optim_finish(&t->optim);
    fn_optim_finish(&t->head_optim);
    fn_params_finish(&t->params);
    fn_triplets_finish(&t->mined);
    for (int i = 0; i < 2; i++) {
        free(t->batch[i].idx);
        free(t->batch[i].ok);
        free(t->batch[i].chips);
    }
    free(t->class_of);
    free(t->bytes);
    free(t->ok);
    free(t->row);
    free(t->person);
    free(t->own_f);
    free(t->own_df);
    free(t->f);
    free(t->df);
    free(t->grad);
    free(t);
}

void fn_trainer_ask_stop(struct fn_trainer *t)
{
    t->stop = true;
}

struct fn_comm *fn_trainer_comm(const struct fn_trainer *t)
{
    return t->comm;
}

uint64_t fn_trainer_steps(const struct fn_trainer *t)
{
    return t->step;
}

struct fn_batch_info fn_trainer_info(const struct fn_trainer *t)
{
    return t->info;
}

const struct fn_train_opts *fn_trainer_opts(const struct fn_trainer *t)
{
    return &t->o;
}

const struct fn_params *fn_trainer_params(const struct fn_trainer *t)
{
    return &t->params;
}

struct fn_sampler_facts fn_trainer_facts(const struct fn_trainer *t)
{
    return fn_sampler_facts(t->sampler);
}

/* ---- batches ---- */

static bool all_finite(const float *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(v[i]))
            return false;
    return true;
}

static int start_batch(struct fn_trainer *t, uint64_t step, struct fn_error *err)
{
    struct fn_train_batch *b = &t->batch[step % 2];
    if (t->o.mining != FN_MINING_ONLINE)
        b->n = fn_train_mined_batch(t, step, b->idx);
    else if (t->o.loss == FN_LOSS_TRIPLET)
        b->n = fn_sampler_batch(t->sampler, step, b->idx);
    else
        b->n = fn_sampler_flat(t->sampler, step, t->batch_max, b->idx);
    fn_batch_rows(t->net, b->n, t->comm->rank, &b->first, &b->count);
    b->step = step;
    b->started = true;
    int rc = fn_loader_start(t->loader, step, b->idx + b->first, b->count, b->chips, b->ok);
    return rc ? fn_error_set(err, rc, "pictures cannot be loaded: %s", fn_strerror(rc)) : 0;
}

/* A mined triplet needs all three pictures. */
static void drop_broken_triplets(uint8_t *ok, size_t n)
{
    for (size_t i = 0; i + 2 < n; i += 3)
        if (!ok[i] || !ok[i + 1] || !ok[i + 2])
            ok[i] = ok[i + 1] = ok[i + 2] = 0;
}

/* Loads this rank's pictures. If a rank can read no picture of its share, that is not an error
 * while another rank can. */
static int load_own(struct fn_trainer *t, struct fn_train_batch *b, struct fn_error *err)
{
    int rc = b->started && b->step == t->step ? 0 : start_batch(t, t->step, err);
    int loaded = rc ? rc : fn_loader_wait(t->loader, err);
    b->started = false;
    rc = fn_comm_agree(t->comm, loaded == FN_EDECODE ? 0 : loaded, err);
    if (rc == 0)
        rc = fn_train_gather(t, b->ok, t->ok, b->n, 1, err);
    if (rc == 0 && !memchr(t->ok, 1, b->n))
        rc = fn_comm_agree(t->comm, loaded, err);
    return rc;
}

/* Determines the rows that can be used, the same on all ranks. */
static int take_batch(struct fn_trainer *t, struct fn_train_report *r, struct fn_error *err)
{
    struct fn_train_batch *b = &t->batch[t->step % 2];
    uint64_t t0 = fn_clock_mono_ns();
    int rc = fn_train_mine(t, t->step, err);
    if (rc == 0)
        rc = load_own(t, b, err);
    if (rc)
        return rc;
    if (t->o.mining != FN_MINING_ONLINE)
        drop_broken_triplets(t->ok, b->n);
    for (size_t i = 0; i < b->n; i++) {
        if (!t->ok[i])
            continue;
        t->row[r->batch] = (uint32_t)i;
        t->person[r->batch++] = t->data->samples[b->idx[i]].person;
    }
    r->unreadable = b->n - r->batch;
    r->wait_s = (double)(fn_clock_mono_ns() - t0) / 1e9;
    return 0;
}

/* Sets t->f to the embeddings of the rows in use, from all ranks. */
static int embed_batch(struct fn_trainer *t, const struct fn_train_report *r,
                       struct fn_error *err)
{
    const struct fn_train_batch *b = &t->batch[t->step % 2];
    size_t dim = t->info.dim;
    fn_batch_embed(t->net, b->chips, b->count, t->own_f);
    int rc = fn_train_gather(t, t->own_f, t->f, b->n, dim * sizeof *t->f, err);
    for (size_t i = 0; rc == 0 && i < r->batch; i++)
        if (t->row[i] != i)
            memcpy(t->f + i * dim, t->f + t->row[i] * dim, dim * sizeof *t->f);
    if (rc == 0 && !all_finite(t->f, r->batch * dim))
        rc = fn_error_set(err, FN_EDIVERGED,
                          "embeddings are not finite; go on from the last checkpoint with a "
                          "lower learning rate");
    return rc;
}

/* ---- the loss on embeddings ---- */

static int select_triplets(const struct fn_trainer *t, size_t n, struct fn_triplets *list,
                           struct fn_batch_stats *s)
{
    const struct fn_select_opts o = {.selection = t->o.selection,
                                     .no_negative = t->o.no_negative,
                                     .margin = t->o.margin,
                                     .seed = fn_mix64(t->o.seed ^ fn_mix64(t->step))};
    int rc = fn_triplet_select(t->f, t->person, n, t->info.dim, &o, list, s);
    if (rc || t->o.mining == FN_MINING_ONLINE)
        return rc;
    if (t->o.mining == FN_MINING_OFFLINE)
        list->n = 0;
    for (uint32_t i = 0; i + 2 < n; i += 3) {
        struct fn_triplet *v = fn_array_grow(list->v, &list->cap, list->n + 1, sizeof *v);
        if (!v)
            return -ENOMEM;
        list->v = v;
        list->v[list->n++] = (struct fn_triplet){i, i + 1, i + 2};
    }
    return 0;
}

static int triplet_step(struct fn_trainer *t, struct fn_train_report *r)
{
    struct fn_triplets list = {0};
    int rc = select_triplets(t, r->batch, &list, &r->stats);
    if (rc == 0)
        rc = fn_triplet_loss(t->f, r->batch, t->info.dim, &list, t->o.margin, t->df, &r->stats);
    fn_triplets_finish(&list);
    return rc;
}

static int margin_step(struct fn_trainer *t, struct fn_train_report *r)
{
    struct fn_triplets list = {0};
    const struct fn_select_opts o = {.selection = FN_SELECT_BATCH_HARD};
    int rc = fn_triplet_select(t->f, t->person, r->batch, t->info.dim, &o, &list, &r->stats);
    fn_triplets_finish(&list);
    for (size_t i = 0; i < r->batch; i++)
        t->person[i] = t->class_of[t->person[i]];
    if (rc == 0)
        rc = fn_margin_loss(&t->head, t->f, t->person, r->batch, t->df, &r->stats.loss,
                            &r->right);
    r->stats.selected = r->stats.active = r->batch;
    return rc;
}

/* Does both steps or neither: that of the network and, with a margin loss, that of its class
 * directions. */
static bool apply(struct fn_trainer *t, struct fn_train_report *r)
{
    struct fn_team *team = fn_batch_team(t->net);
    size_t n_head = t->head.n_people * t->head.dim;
    if (n_head && !all_finite(t->head.grad, n_head))
        return false;
    if (!fn_optim_step(&t->optim, &t->params, t->grad, r->rate, team, &r->norm))
        return false;
    double rate = t->o.head_rate > 0 ? t->o.head_rate / t->o.rate * r->rate : r->rate;
    if (n_head)
        FN_IGNORE(fn_optim_step_array(&t->head_optim, t->head.w, n_head, t->head.grad, rate,
                                      team, NULL));
    return true;
}

/* The backward pass of this rank's rows. */
static int backward_own(struct fn_trainer *t, const struct fn_train_report *r,
                        struct fn_error *err)
{
    const struct fn_train_batch *b = &t->batch[t->step % 2];
    size_t dim = t->info.dim;
    memset(t->own_df, 0, b->count * dim * sizeof *t->df);
    for (size_t i = 0; i < r->batch; i++)
        if (t->row[i] >= b->first && t->row[i] - b->first < b->count)
            memcpy(t->own_df + (t->row[i] - b->first) * dim, t->df + i * dim,
                   dim * sizeof *t->df);
    float differs = fn_batch_backward_share(t->net, b->chips, b->n, t->own_df, t->own_f);
    if (differs != 0)
        return fn_error_set(err, FN_ECORRUPT,
                            "the same pictures gave other embeddings the second time (by %g)",
                            (double)differs);
    return 0;
}

/* Does a step of the optimiser, the same on all ranks. */
static int update(struct fn_trainer *t, struct fn_train_report *r, struct fn_error *err)
{
    int rc = fn_batch_sum(t->net, t->comm, t->grad, err);
    if (rc)
        return rc;
    r->skipped = !apply(t, r);
    if (!r->skipped) {
        t->bad_in_a_row = 0;
        fn_batch_refresh(t->net);
        return 0;
    }
    t->n_skipped++;
    if (++t->bad_in_a_row < t->o.bad_steps_max)
        return 0;
    return fn_error_set(
        err, FN_EDIVERGED,
        "%u steps in a row gave numbers that are not finite; a lower learning rate "
        "may help",
        t->bad_in_a_row);
}

/* Loss, backward pass, sum, step. A failure on one rank is sent to all ranks before the sum,
 * because they would wait for it. */
static int learn(struct fn_trainer *t, struct fn_train_report *r, struct fn_error *err)
{
    /* the next batch is loaded meanwhile */
    int rc =
        fn_train_same_round(t, t->step, t->step + 1) ? start_batch(t, t->step + 1, err) : 0;
    if (rc == 0) {
        rc = t->o.loss == FN_LOSS_TRIPLET ? triplet_step(t, r) : margin_step(t, r);
        if (rc)
            fn_error_set(err, rc, "out of memory");
    }
    /* without active triplets there is nothing to learn from: not a step of the optimiser */
    bool step = rc == 0 && (r->stats.active > 0 || t->o.loss != FN_LOSS_TRIPLET);
    if (step)
        rc = backward_own(t, r, err);
    uint64_t tag = 0;
    if (t->comm->size > 1)
        tag = fn_hash64(t->df, r->batch * t->info.dim * sizeof *t->df);
    r->stop = t->stop;
    rc = fn_comm_agree_on(t->comm, rc, tag, "the loss's gradients are", &r->stop, err);
    return rc == 0 && step ? update(t, r, err) : rc;
}

int fn_trainer_step(struct fn_trainer *t, struct fn_train_report *ret, struct fn_error *err)
{
    struct fn_train_report r = {0};
    uint64_t t0 = fn_clock_mono_ns();
    int rc = take_batch(t, &r, err);
    if (rc == 0)
        rc = embed_batch(t, &r, err);
    r.rate = t->o.rate * fn_schedule_at(&t->o.schedule, t->step);
    if (rc == 0)
        rc = learn(t, &r, err);
    if (rc)
        return rc;
    t->step++;
    t->images += r.batch;
    r.step = t->step;
    r.images = t->images;
    r.n_skipped = t->n_skipped;
    r.step_s = (double)(fn_clock_mono_ns() - t0) / 1e9;
    rc = t->step % FN_TRAIN_CHECK_EVERY ? 0 : fn_train_check_weights(t, err);
    if (rc == 0)
        *ret = r;
    return rc;
}

/* ---- other uses of the network ---- */

struct fn_model fn_trainer_model(const struct fn_trainer *t)
{
    struct fn_model m = *t->model;
    m.graph = t->params.graph;
    m.id = fn_params_hash(&t->params);
    m.pre.width = t->info.width;
    m.pre.height = t->info.height;
    m.calibration = (struct fn_calibration){0}; /* it belonged to the weights before training */
    return m;
}
