/* SPDX-License-Identifier: MIT */
/* Batches by person; see sampler.h. Every draw has its own stream: (seed, purpose, step,
 * person). */
#include "engine/train/sampler.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"

enum draw { DRAW_PEOPLE = 1, DRAW_FACES, DRAW_EXTRA, DRAW_FLAT };

/* The faces of one person in the subset: list[first .. first + n). */
struct person {
    uint32_t first, n, id;
};

/* A shuffled epoch. */
struct order {
    uint32_t *at;
    size_t n;
    uint64_t epoch;
    bool made;
};

struct fn_sampler {
    struct fn_sampler_opts o;
    uint32_t *list; /* sample indices, by person */
    size_t n;
    struct person *people; /* eligible ones first */
    size_t n_people, n_eligible;
    struct order by_person, flat;
    uint32_t *scratch;            /* faces of one person, while some are drawn */
    uint64_t *person_seen, *seen; /* by person, by position in list: batch that used it */
    uint64_t batch;               /* number of calls, to mark what is used */
    uint32_t *owner;              /* position in list -> position in people */
};

static struct fn_rng stream(const struct fn_sampler *s, enum draw what, uint64_t a, uint64_t b)
{
    return fn_rng_init(s->o.seed, fn_mix64(fn_mix64((uint64_t)what ^ fn_mix64(a)) ^ b));
}

/* Moves a random choice of k of the n to the front: the first k steps of the shuffle of Fisher
 * and Yates. */
static void shuffle(uint32_t *v, size_t n, size_t k, struct fn_rng *rng)
{
    for (size_t i = 0; i < k && i + 1 < n; i++) {
        size_t j = i + (size_t)fn_rng_below(rng, n - i);
        uint32_t t = v[i];
        v[i] = v[j];
        v[j] = t;
    }
}

static void make_order(const struct fn_sampler *s, struct order *o, enum draw what,
                       uint64_t epoch)
{
    if (o->made && o->epoch == epoch)
        return;
    struct fn_rng rng = stream(s, what, epoch, 0);
    for (size_t i = 0; i < o->n; i++)
        o->at[i] = (uint32_t)i;
    shuffle(o->at, o->n, o->n, &rng);
    o->epoch = epoch;
    o->made = true;
}

static bool wanted(const struct fn_sampler_opts *o, const struct fn_sample *s)
{
    return s->split == o->split && (!o->keep || o->keep[s->person]) &&
           (!o->need_face || s->has_face);
}

/* The samples of a data set are sorted by person. */
static void collect(struct fn_sampler *s)
{
    const struct fn_dataset *d = s->o.dataset;
    for (size_t i = 0; i < d->n; i++) {
        if (!wanted(&s->o, &d->samples[i]))
            continue;
        struct person *last = s->n_people ? &s->people[s->n_people - 1] : NULL;
        if (!last || last->id != d->samples[i].person) {
            last = &s->people[s->n_people++];
            *last = (struct person){(uint32_t)s->n, 0, d->samples[i].person};
        }
        last->n++;
        s->list[s->n++] = (uint32_t)i;
    }
}

/* Moves eligible people to the front; both kinds stay in order. list does not change. */
static int part(struct fn_sampler *s)
{
    struct person *few = malloc((s->n_people ? s->n_people : 1) * sizeof *few);
    size_t n_few = 0, n = 0;
    if (!few)
        return -ENOMEM;
    for (size_t i = 0; i < s->n_people; i++) {
        if (s->people[i].n >= s->o.min_faces)
            s->people[n++] = s->people[i];
        else
            few[n_few++] = s->people[i];
    }
    if (n_few)
        memcpy(s->people + n, few, n_few * sizeof *few);
    free(few);
    s->n_eligible = n;
    for (size_t i = 0; i < s->n_people; i++) {
        for (uint32_t j = 0; j < s->people[i].n; j++)
            s->owner[s->people[i].first + j] = (uint32_t)i;
    }
    return 0;
}

static int allocate(struct fn_sampler *s)
{
    size_t n = s->o.dataset->n ? s->o.dataset->n : 1;
    size_t people = s->o.dataset->n_people ? s->o.dataset->n_people : 1;
    s->list = calloc(n, sizeof *s->list);
    s->owner = calloc(n, sizeof *s->owner);
    s->scratch = calloc(n, sizeof *s->scratch);
    s->seen = calloc(n, sizeof *s->seen);
    s->flat.at = calloc(n, sizeof *s->flat.at);
    s->people = calloc(people, sizeof *s->people);
    s->person_seen = calloc(people, sizeof *s->person_seen);
    s->by_person.at = calloc(people, sizeof *s->by_person.at);
    bool all = s->list && s->owner && s->scratch && s->seen && s->flat.at && s->people &&
               s->person_seen && s->by_person.at;
    return all ? 0 : -ENOMEM;
}

static int check(const struct fn_sampler *s, struct fn_error *err)
{
    const char *split = fn_split_name(s->o.split);
    if (!s->n)
        return fn_error_set(err, FN_EUSAGE, "no faces to use in the split %s", split);
    if (s->o.people && s->n_eligible < 2)
        return fn_error_set(err, FN_EUSAGE,
                            "%zu of %zu people in the split %s have %u faces or more; pairs of "
                            "people need two",
                            s->n_eligible, s->n_people, split, s->o.min_faces);
    return 0;
}

int fn_sampler_create(const struct fn_sampler_opts *o, struct fn_sampler **ret,
                      struct fn_error *err)
{
    if (o->people && !o->faces)
        return fn_error_set(err, FN_EUSAGE, "a batch needs at least one face of each person");
    struct fn_sampler *s = calloc(1, sizeof *s);
    int rc = -ENOMEM;
    if (!s)
        goto out;
    s->o = *o;
    s->o.min_faces = o->min_faces ? o->min_faces : 2;
    rc = allocate(s);
    if (rc)
        goto out;
    collect(s);
    rc = part(s);
    if (rc)
        goto out;
    s->by_person.n = s->n_eligible;
    s->flat.n = s->n;
    if (s->o.people > s->n_eligible)
        s->o.people = (uint32_t)s->n_eligible;
    if (s->o.extra > s->n)
        s->o.extra = (uint32_t)s->n;
    rc = check(s, err);
    s->o.keep = NULL;
out:
    if (rc == -ENOMEM)
        fn_error_set(err, rc, "out of memory for the sampler");
    if (rc)
        fn_sampler_destroy(s);
    else
        *ret = s;
    return rc;
}

void fn_sampler_destroy(struct fn_sampler *s)
{
    if (!s)
        return;
    free(s->list);
    free(s->owner);
    free(s->scratch);
    free(s->seen);
    free(s->flat.at);
    free(s->people);
    free(s->person_seen);
    free(s->by_person.at);
    free(s);
}

size_t fn_sampler_max(const struct fn_sampler *s)
{
    return (size_t)s->o.people * s->o.faces + s->o.extra;
}

static size_t add_faces(struct fn_sampler *s, const struct person *p, uint64_t step,
                        uint32_t *ret)
{
    struct fn_rng rng = stream(s, DRAW_FACES, step, p->id);
    size_t k = p->n < s->o.faces ? p->n : s->o.faces;
    memcpy(s->scratch, s->list + p->first, p->n * sizeof *s->scratch);
    shuffle(s->scratch, p->n, k, &rng);
    memcpy(ret, s->scratch, k * sizeof *ret);
    return k;
}

/* Draws until there are enough. If nearly all people are in the batch, it stops with fewer. */
static size_t add_extra(struct fn_sampler *s, uint64_t step, uint32_t *ret)
{
    struct fn_rng rng = stream(s, DRAW_EXTRA, step, 0);
    uint64_t tries = 64 * (uint64_t)s->o.extra;
    size_t n = 0;
    for (; n < s->o.extra && tries; tries--) {
        size_t at = (size_t)fn_rng_below(&rng, s->n);
        if (s->person_seen[s->owner[at]] == s->batch || s->seen[at] == s->batch)
            continue;
        s->seen[at] = s->batch;
        ret[n++] = s->list[at];
    }
    return n;
}

size_t fn_sampler_batch(struct fn_sampler *s, uint64_t step, uint32_t *ret_idx)
{
    size_t p = s->o.people, n = 0;
    if (!p)
        return 0;
    uint64_t per_epoch = s->n_eligible / p;
    make_order(s, &s->by_person, DRAW_PEOPLE, step / per_epoch);
    const uint32_t *who = s->by_person.at + (step % per_epoch) * p;
    s->batch++;
    for (size_t i = 0; i < p; i++) {
        s->person_seen[who[i]] = s->batch;
        n += add_faces(s, &s->people[who[i]], step, ret_idx + n);
    }
    return n + add_extra(s, step, ret_idx + n);
}

size_t fn_sampler_flat(struct fn_sampler *s, uint64_t step, size_t n, uint32_t *ret_idx)
{
    n = n < s->n ? n : s->n;
    if (!n)
        return 0;
    uint64_t per_epoch = s->n / n;
    make_order(s, &s->flat, DRAW_FLAT, step / per_epoch);
    const uint32_t *at = s->flat.at + (step % per_epoch) * n;
    for (size_t i = 0; i < n; i++)
        ret_idx[i] = s->list[at[i]];
    return n;
}

struct fn_sampler_facts fn_sampler_facts(const struct fn_sampler *s)
{
    return (struct fn_sampler_facts){.samples = s->n,
                                     .people = s->n_people,
                                     .eligible = s->n_eligible,
                                     .epoch_steps =
                                         s->o.people ? s->n_eligible / s->o.people : 0};
}
