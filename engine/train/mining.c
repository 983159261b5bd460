/* SPDX-License-Identifier: MIT */
/* Offline selection (Schroff et al. 2015, section 3.2, the first of the two ways): every n
 * steps a subset of the data is embedded with the present weights, and each anchor gets its
 * farthest positive and nearest negative in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "engine/train/train_priv.h"

static uint64_t round_of(const struct fn_trainer *t, uint64_t step)
{
    return step / t->o.offline_every;
}

bool fn_train_same_round(const struct fn_trainer *t, uint64_t a, uint64_t b)
{
    return t->o.mining == FN_MINING_ONLINE || round_of(t, a) == round_of(t, b);
}

static void shuffle(struct fn_triplets *list, uint64_t seed, uint64_t round)
{
    struct fn_rng r = fn_rng_init(seed, fn_mix64(round) ^ 0x6d696e65u);
    for (size_t i = list->n; i > 1; i--) {
        size_t k = fn_rng_below(&r, i);
        struct fn_triplet swap = list->v[i - 1];
        list->v[i - 1] = list->v[k];
        list->v[k] = swap;
    }
}

/* Removes the rows whose picture could not be read. */
static size_t keep_readable(uint32_t *idx, const uint8_t *ok, float *f, size_t dim, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!ok[i])
            continue;
        idx[kept] = idx[i];
        memmove(f + kept * dim, f + i * dim, dim * sizeof *f);
        kept++;
    }
    return kept;
}

static int select_in(struct fn_trainer *t, uint32_t *idx, uint8_t *ok, uint32_t *person,
                     float *f, uint64_t round, struct fn_error *err)
{
    size_t n = fn_sampler_batch(t->mine_sampler, round, idx), dim = t->info.dim;
    int rc = fn_trainer_embed(t, idx, n, f, ok, err);
    if (rc)
        return rc;
    n = keep_readable(idx, ok, f, dim, n);
    for (size_t i = 0; i < n; i++)
        person[i] = t->data->samples[idx[i]].person;
    struct fn_select_opts o = {.selection = FN_SELECT_BATCH_HARD, .margin = t->o.margin};
    struct fn_batch_stats stats;
    t->mined.n = 0;
    if (fn_triplet_select(f, person, n, dim, &o, &t->mined, &stats))
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < t->mined.n; i++) {
        struct fn_triplet *q = &t->mined.v[i];
        *q = (struct fn_triplet){idx[q->anchor], idx[q->positive], idx[q->negative]};
    }
    if (!t->mined.n)
        return fn_error_set(err, FN_EUSAGE, "a subset of %zu pictures has no triplet", n);
    shuffle(&t->mined, t->o.seed, round);
    t->mined_round = round;
    return 0;
}

int fn_train_mine(struct fn_trainer *t, uint64_t step, struct fn_error *err)
{
    if (t->o.mining == FN_MINING_ONLINE || t->mined_round == round_of(t, step))
        return 0;
    size_t max = fn_sampler_max(t->mine_sampler);
    uint32_t *idx = malloc(max * sizeof *idx), *person = malloc(max * sizeof *person);
    float *f = malloc(max * t->info.dim * sizeof *f);
    uint8_t *ok = malloc(max);
    int rc = idx && person && f && ok ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    rc = fn_comm_agree(t->comm, rc, err);
    if (rc == 0) {
        rc = select_in(t, idx, ok, person, f, round_of(t, step), err);
        rc = fn_comm_agree(t->comm, rc, err);
    }
    free(idx);
    free(person);
    free(f);
    free(ok);
    return rc;
}

size_t fn_train_mined_batch(const struct fn_trainer *t, uint64_t step, uint32_t *ret_idx)
{
    size_t per_step = t->batch_max / 3, n = 0;
    size_t first = (size_t)(step % t->o.offline_every) * per_step;
    for (size_t i = 0; i < per_step && i < t->mined.n; i++) {
        const struct fn_triplet *q = &t->mined.v[(first + i) % t->mined.n];
        ret_idx[n++] = q->anchor;
        ret_idx[n++] = q->positive;
        ret_idx[n++] = q->negative;
    }
    return n;
}
