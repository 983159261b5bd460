/* SPDX-License-Identifier: MIT */
/* Which samples make up the batch of a step: a function of (seed, step) alone, so that a run
 * resumes at any step without a state to restore, and ranks that share a seed agree on the
 * whole batch. One thread at a time: the order of the epoch in use is kept. */
#ifndef FN_ENGINE_TRAIN_SAMPLER_H
#define FN_ENGINE_TRAIN_SAMPLER_H

#include "engine/train/dataset.h"

struct fn_sampler_opts {
    const struct fn_dataset *dataset; /* outlives the sampler */
    unsigned split;                   /* enum fn_split */
    const uint8_t *keep;              /* per person: 0 leaves out; NULL: all. Not kept */
    bool need_face;                   /* only samples whose frame is known */
    uint32_t people, faces;           /* batch: P people x K faces of each */
    uint32_t extra;                   /* random faces of further people, for negatives */
    uint32_t min_faces;               /* people with fewer come as extra only; 0: two */
    uint64_t seed;
};

struct fn_sampler;
/* FN_EUSAGE when nobody is left, or (people > 0) fewer than two with min_faces. people 0: only
 * flat is used. */
FN_NODISCARD int fn_sampler_create(const struct fn_sampler_opts *o, struct fn_sampler **ret,
                                   struct fn_error *err);
void fn_sampler_destroy(struct fn_sampler *s);

/* Batch of a step: the faces of one person stand together, extra faces follow. An epoch passes
 * over all people in shuffled order; the few that do not fill its last batch wait for the next.
 * Faces of a person are distinct and drawn afresh each time; a person with fewer than K gives
 * what there is. Extra faces are distinct, of people who are not in the batch (people with too
 * few faces too). ret_idx: room for fn_sampler_max indices into the data set's samples; returns
 * how many there are. */
size_t fn_sampler_batch(struct fn_sampler *s, uint64_t step, uint32_t *ret_idx);
size_t fn_sampler_max(const struct fn_sampler *s);

/* n samples (fewer when there are no more) in shuffled epochs over all of them, whatever their
 * people: for classification. What does not fill the last batch of an epoch waits for the next.
 */
size_t fn_sampler_flat(struct fn_sampler *s, uint64_t step, size_t n, uint32_t *ret_idx);

struct fn_sampler_facts {
    size_t samples, people; /* in the subset */
    size_t eligible;        /* people with min_faces or more */
    uint64_t epoch_steps;   /* batches of one epoch, 0 without people */
};
struct fn_sampler_facts fn_sampler_facts(const struct fn_sampler *s);

#endif
