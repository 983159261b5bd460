/* SPDX-License-Identifier: MIT */
/* The samples in the batch of a step: a function of (seed, step) alone. So a run resumes at any
 * step without a state to restore, and ranks that share a seed agree on the whole batch. One
 * thread at a time: the order of the current epoch is stored. */
#ifndef FN_ENGINE_TRAIN_SAMPLER_H
#define FN_ENGINE_TRAIN_SAMPLER_H

#include "engine/train/dataset.h"

struct fn_sampler_opts {
    const struct fn_dataset *dataset; /* outlives the sampler */
    unsigned split;                   /* enum fn_split */
    const uint8_t *keep;              /* per person: 0 leaves it out; NULL: all. Not stored */
    bool need_face;                   /* only samples whose frame is known */
    uint32_t people, faces;           /* batch: P people x K faces of each */
    uint32_t extra;                   /* random faces of further people, for negatives */
    uint32_t min_faces;               /* people with fewer are only used as extra; 0: two */
    uint64_t seed;
};

struct fn_sampler;
/* FN_EUSAGE if no people are left, or (people > 0) fewer than two with min_faces. people 0:
 * only flat is used. */
FN_NODISCARD int fn_sampler_create(const struct fn_sampler_opts *o, struct fn_sampler **ret,
                                   struct fn_error *err);
void fn_sampler_destroy(struct fn_sampler *s);

/* Batch of a step. The faces of one person are next to each other, and extra faces come last.
 * An epoch visits all people in shuffled order; those that do not fill its last batch are left
 * for the next. Faces of a person are distinct and drawn again each time. A person with fewer
 * than K contributes all of them. Extra faces are distinct, of people who are not in the batch
 * (including people with too few faces). ret_idx: room for fn_sampler_max indices of samples.
 * Returns their number. */
size_t fn_sampler_batch(struct fn_sampler *s, uint64_t step, uint32_t *ret_idx);
size_t fn_sampler_max(const struct fn_sampler *s);

/* n samples (fewer if there are not enough) in shuffled epochs over all of them, regardless of
 * people: for classification. Samples that do not fill the last batch of an epoch are left for
 * the next. */
size_t fn_sampler_flat(struct fn_sampler *s, uint64_t step, size_t n, uint32_t *ret_idx);

struct fn_sampler_facts {
    size_t samples, people; /* in the subset */
    size_t eligible;        /* people with min_faces or more */
    uint64_t epoch_steps;   /* batches of one epoch, 0 without people */
};
struct fn_sampler_facts fn_sampler_facts(const struct fn_sampler *s);

#endif
