/* SPDX-License-Identifier: MIT */
/* The network that fnq train begins with, and the model it leaves. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/train.h"
#include "engine/base/file.h"
#include "engine/model/arch.h"
#include "engine/model/look_up.h"

/* What the paper does not say: values of a picture become about -1 .. 1. */
static void describe(struct fn_model *m, const struct fn_arch *a)
{
    m->role = FN_ROLE_EMBEDDER;
    m->decode.kind = FN_DECODE_EMBEDDING;
    m->feature_output = FN_NONE;
    m->pre = (struct fn_preprocess){.colour = FN_COLOUR_RGB,
                                    .mean = {127.5f, 127.5f, 127.5f},
                                    .scale = {1 / 128.f, 1 / 128.f, 1 / 128.f},
                                    .fit = FN_FIT_CROP,
                                    .width = a->width,
                                    .height = a->height};
    (void)snprintf(m->card.name, sizeof m->card.name, "%s", a->name);
    (void)snprintf(m->card.origin, sizeof m->card.origin, "trained here from random weights");
    (void)snprintf(m->card.source, sizeof m->card.source, "%.250s", a->source);
}

static int open_model(struct fnq_train *t, const char *name, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    char path[FN_PATH_MAX];
    int rc = fnq_config(t->ctx, &c, err);
    if (rc)
        return rc;
    if (fn_model_look_up(fn_config_models_dir(c, t->ctx->o.models), name, path, sizeof path) &&
        fn_file_exists(path))
        return fn_model_open(path, &t->opened, err);
    return fn_error_set(
        err, -ENOENT,
        "'%s' is no built-in network, no file and no installed model; the first: "
        "fnq help model show",
        name);
}

int fnq_train_net(struct fnq_train *t, const char *name, uint64_t dim, struct fn_error *err)
{
    const struct fn_arch *a = fn_arch_find(name);
    int rc;
    if (!a) {
        rc = open_model(t, name, err);
        t->model = t->opened;
        if (rc == 0 && t->opened->role != FN_ROLE_EMBEDDER)
            rc = fn_error_set(err, FN_EUSAGE, "'%s' is a %s, not an embedder", name,
                              fn_role_name(t->opened->role));
        if (rc == 0 && dim)
            rc = fn_error_set(err, FN_EUSAGE, "--dim is for built-in networks");
        return rc;
    }
    rc = fn_arch_build(a, (uint32_t)dim, t->o.seed, &t->builder, &t->made.graph, err);
    if (rc == 0)
        describe(&t->made, a);
    t->model = &t->made;
    return rc;
}

void fnq_train_provenance(struct fnq_train *t)
{
    struct fn_model *m = t->opened ? t->opened : &t->made;
    struct fn_card *c = &m->card, before = m->card;
    char id[FN_H128_HEX];
    size_t people, samples;
    fn_dataset_count(t->data, FN_SPLIT_TRAIN, &people, &samples);
    if (t->opened) {
        fn_h128_hex(&m->id, id);
        (void)snprintf(c->source, sizeof c->source, "fine-tuned from %s, %s", before.name, id);
    }
    (void)snprintf(c->training_data, sizeof c->training_data,
                   "%.180s%s%zu faces of %zu people of the user's own",
                   t->opened ? before.training_data : "", t->opened ? "; then " : "", samples,
                   people);
}

void fnq_train_note(struct fn_card *c, const struct fn_train_opts *o, uint64_t steps,
                    uint64_t images, const struct fnq_train_held_out *held)
{
    static const char *const losses[] = {"triplets", "an ArcFace margin", "a CosFace margin"};
    char date[32] = "", held_text[160] = "";
    time_t now = time(NULL);
    struct tm tm;
    if (localtime_r(&now, &tm))
        (void)strftime(date, sizeof date, "%Y-%m-%d", &tm);
    if (held && held->measured)
        (void)snprintf(held_text, sizeof held_text,
                       "; %zu held-out people: pair accuracy %.4f, TAR at FAR 1e-3 %.4f",
                       held->people, held->accuracy, held->tar3);
    (void)snprintf(c->note, sizeof c->note,
                   "%s: %" PRIu64 " steps by %s, %" PRIu64 " pictures%s", date, steps,
                   losses[o->loss], images, held_text);
}

/* A built-in network has no alignment of its own: what it was trained on says how its chips are
 * cut. */
void fnq_train_finish_model(struct fn_model *m, const struct fn_train_opts *o)
{
    if (!m->align.n_points)
        fnq_train_align(&m->align, m->pre.width, m->pre.height, o->frame);
}

int fnq_train_write_model(struct fnq_train *t, const struct fnq_train_held_out *held,
                          struct fn_error *err)
{
    struct fn_model m = fn_trainer_model(t->trainer);
    fnq_train_finish_model(&m, &t->o);
    fnq_train_note(&m.card, &t->o, fn_trainer_steps(t->trainer), t->images, held);
    if (held)
        m.calibration = held->calibration;
    int rc = fn_model_save(&m, t->result, err);
    if (rc == 0 && !(m.calibration.pair_d2 > 0))
        fnq_note(t->ctx,
                 "%s has no thresholds of its own (%s); measure them: fnq eval "
                 "calibrate %s DIR",
                 t->result, held ? held->why_none : "not measured at this step", t->result);
    return rc;
}
