/* SPDX-License-Identifier: MIT */
/* See trained_model.h. */
#include "engine/train/trained_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/train/face_template.h"

/* The paper does not specify it: pixel values become about -1 .. 1. */
void fn_trained_describe(struct fn_model *m, const struct fn_arch *a)
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

void fn_trained_provenance(struct fn_model *m, bool fine_tuned, const struct fn_dataset *data)
{
    struct fn_card *c = &m->card, before = m->card;
    char id[FN_H128_HEX];
    size_t people, samples;
    fn_dataset_count(data, FN_SPLIT_TRAIN, &people, &samples);
    if (fine_tuned) {
        fn_h128_hex(&m->id, id);
        (void)snprintf(c->source, sizeof c->source, "fine-tuned from %s, %s", before.name, id);
    }
    (void)snprintf(c->training_data, sizeof c->training_data,
                   "%.180s%s%zu faces of %zu people of the user's own",
                   fine_tuned ? before.training_data : "", fine_tuned ? "; then " : "", samples,
                   people);
}

void fn_trained_note(struct fn_card *c, const struct fn_train_opts *o, uint64_t steps,
                     uint64_t images, const struct fn_held_out_figures *held)
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

/* A built-in network has no alignment. The options of its training determine how its chips are
 * cut. */
void fn_trained_finish(struct fn_model *m, const struct fn_train_opts *o)
{
    if (!m->align.n_points)
        fn_face_template_align(&m->align, m->pre.width, m->pre.height, o->frame);
}
