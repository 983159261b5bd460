/* SPDX-License-Identifier: MIT */
/* Metrics on held-out people during training: those of the validation split. */
#include "engine/train/held_out.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "engine/eval/calibrate.h"
#include "engine/eval/metrics.h"

enum { PER_PERSON = 20, PICTURES_MAX = 2000, PAIRS = 3000, FOLDS = 10 };

int fn_held_out_choose(const struct fn_dataset *d, struct fn_held_out *ret,
                       struct fn_error *err)
{
    struct fn_held_out h = {.data = d, .sample = calloc(PICTURES_MAX, sizeof *h.sample)};
    if (!h.sample)
        return fn_error_set(err, -ENOMEM, "out of memory");
    size_t of_person = 0;
    for (size_t i = 0; i < d->n && h.n < PICTURES_MAX; i++) {
        of_person = i && d->samples[i].person == d->samples[i - 1].person ? of_person + 1 : 0;
        if (d->samples[i].split == FN_SPLIT_VALIDATION && of_person < PER_PERSON)
            h.sample[h.n++] = (uint32_t)i;
    }
    *ret = h;
    return 0;
}

const char *fn_held_out_why_none(const struct fn_held_out *h)
{
    const struct fn_sample *s = h->data->samples;
    size_t people = 0, twice = 0;
    for (size_t i = 0; i < h->n; i++) {
        bool same = i && s[h->sample[i]].person == s[h->sample[i - 1]].person;
        people += !same;
        twice += same;
    }
    return h->n == 0                  ? "nobody is held out"
           : people < FN_HELD_OUT_MIN ? "fewer than 20 people are held out"
           : twice == 0               ? "no person held out has two pictures"
                                      : NULL;
}

void fn_held_out_free(struct fn_held_out *h)
{
    free(h->sample);
    *h = (struct fn_held_out){0};
}

static float d2(const float *a, const float *b, size_t dim)
{
    double sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return (float)sum;
}

/* Random pairs of the given kind, always the same ones. Both people of a pair are in one fold,
 * so that the people of a fold are strangers to the other folds. */
static size_t draw_pairs(const struct fn_vectors *v, bool same, struct fn_pair_d2 *out)
{
    struct fn_rng r = fn_rng_init(7, same);
    size_t n = 0;
    for (size_t tries = 0; n < PAIRS && tries < 400 * PAIRS; tries++) {
        size_t a = fn_rng_below(&r, v->n), b = fn_rng_below(&r, v->n);
        uint32_t fold = v->person[a] % FOLDS;
        if (a == b || (v->person[a] == v->person[b]) != same || v->person[b] % FOLDS != fold ||
            !v->found[a] || !v->found[b])
            continue;
        out[n++] =
            (struct fn_pair_d2){d2(v->x + a * v->dim, v->x + b * v->dim, v->dim), fold, same};
    }
    return n;
}

static int figures(const struct fn_vectors *v, struct fn_held_out_figures *ret,
                   struct fn_error *err)
{
    struct fn_pair_d2 *pairs = calloc(2 * PAIRS, sizeof *pairs);
    struct fn_verification *ver = calloc(1, sizeof *ver);
    struct fn_all_pairs all = {0};
    int rc = pairs && ver ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0) {
        size_t n = draw_pairs(v, true, pairs);
        n += draw_pairs(v, false, pairs + n);
        rc = fn_verify(pairs, n, 1e-3, ver, err);
    }
    if (rc == 0)
        rc = fn_all_pairs_run(v, .01, &all, err);
    if (rc == 0) {
        ret->accuracy = ver->accuracy.mean;
        ret->accuracy_error = ver->accuracy.error;
        ret->tar3 = fn_tar_at_far(&all, 1e-3, NULL);
        ret->tar4 = fn_tar_at_far(&all, 1e-4, NULL);
        ret->measured = true;
    }
    fn_all_pairs_free(&all);
    free(pairs);
    free(ver);
    return rc;
}

/* A model without thresholds is still a model. */
static int thresholds(const struct fn_vectors *v, struct fn_held_out_figures *ret,
                      struct fn_error *err)
{
    struct fn_error why = {0};
    int rc = fn_calibrate(v, false, &ret->calibration, &why);
    (void)snprintf(ret->why_none, sizeof ret->why_none, "%s", why.text);
    if (rc && rc != FN_EREFUSED)
        *err = why;
    return rc == FN_EREFUSED ? 0 : rc;
}

/* People of the data set have gaps in their numbers here. */
static size_t number_people(const struct fn_held_out *h, uint32_t *person)
{
    const struct fn_sample *s = h->data->samples;
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++) {
        if (i == 0 || s[h->sample[i]].person != s[h->sample[i - 1]].person)
            n++;
        person[i] = (uint32_t)(n - 1);
    }
    return n;
}

int fn_held_out_measure(const struct fn_held_out *h, struct fn_trainer *t,
                        struct fn_held_out_figures *ret, struct fn_error *err)
{
    *ret = (struct fn_held_out_figures){.why_none = "nobody is held out"};
    if (h->n < 2)
        return 0;
    size_t dim = fn_trainer_info(t).dim, n = h->n;
    float *f = malloc(n * dim * sizeof *f);
    uint8_t *ok = malloc(n);
    uint32_t *person = malloc(n * sizeof *person);
    int rc = f && ok && person ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0)
        rc = fn_trainer_embed(t, h->sample, n, f, ok, err);
    if (rc == 0) {
        const struct fn_vectors v = {.x = f,
                                     .n = n,
                                     .dim = dim,
                                     .person = person,
                                     .n_people = number_people(h, person),
                                     .found = ok};
        ret->faces = n;
        ret->people = v.n_people;
        rc = v.n_people < FN_HELD_OUT_MIN ? 0 : figures(&v, ret, err);
        rc = rc ? rc : thresholds(&v, ret, err);
    }
    free(f);
    free(ok);
    free(person);
    return rc;
}
