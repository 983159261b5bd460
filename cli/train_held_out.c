/* SPDX-License-Identifier: MIT */
/* Figures on people who are not trained on, while the training goes on: those of the validation
 * split. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate.h"
#include "cli/train.h"
#include "engine/base/rng.h"

enum { PER_PERSON = 20, PICTURES_MAX = 2000, PAIRS = 3000, FOLDS = 10 };

int fnq_train_choose_held_out(struct fnq_train *t, struct fn_error *err)
{
    const struct fn_dataset *d = t->data;
    t->held_out = calloc(PICTURES_MAX, sizeof *t->held_out);
    if (!t->held_out)
        return fn_error_set(err, -ENOMEM, "out of memory");
    size_t of_person = 0;
    for (size_t i = 0; i < d->n && t->n_held_out < PICTURES_MAX; i++) {
        of_person = i && d->samples[i].person == d->samples[i - 1].person ? of_person + 1 : 0;
        if (d->samples[i].split == FN_SPLIT_VALIDATION && of_person < PER_PERSON)
            t->held_out[t->n_held_out++] = (uint32_t)i;
    }
    return 0;
}

static float d2(const float *a, const float *b, size_t dim)
{
    double sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return (float)sum;
}

/* Random pairs of the given kind, the same ones every time. A person is in one fold, and both
 * of a pair are of it, so that a fold's people are strangers to the others. */
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

static int figures(const struct fn_vectors *v, struct fnq_train_held_out *ret,
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

/* Without thresholds a model is a model all the same. */
static int thresholds(const struct fn_vectors *v, struct fnq_train_held_out *ret,
                      struct fn_error *err)
{
    struct fn_error why = {0};
    int rc = fnq_calibrate(v, false, &ret->calibration, &why);
    (void)snprintf(ret->why_none, sizeof ret->why_none, "%s", why.text);
    if (rc && rc != FN_EREFUSED)
        *err = why;
    return rc == FN_EREFUSED ? 0 : rc;
}

/* People of the data set are numbered with gaps here. */
static size_t number_people(const struct fnq_train *t, uint32_t *person)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_held_out; i++) {
        const struct fn_sample *s = t->data->samples;
        if (i == 0 || s[t->held_out[i]].person != s[t->held_out[i - 1]].person)
            n++;
        person[i] = (uint32_t)(n - 1);
    }
    return n;
}

int fnq_train_measure(struct fnq_train *t, struct fnq_train_held_out *ret, struct fn_error *err)
{
    *ret = (struct fnq_train_held_out){.why_none = "nobody is held out"};
    if (t->n_held_out < 2)
        return 0;
    size_t dim = fn_trainer_info(t->trainer).dim, n = t->n_held_out;
    float *f = malloc(n * dim * sizeof *f);
    uint8_t *ok = malloc(n);
    uint32_t *person = malloc(n * sizeof *person);
    int rc = f && ok && person ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0)
        rc = fn_trainer_embed(t->trainer, t->held_out, n, f, ok, err);
    if (rc == 0) {
        const struct fn_vectors v = {.x = f,
                                     .n = n,
                                     .dim = dim,
                                     .person = person,
                                     .n_people = number_people(t, person),
                                     .found = ok};
        ret->faces = n;
        ret->people = v.n_people;
        rc = v.n_people < FNQ_HELD_OUT_MIN ? 0 : figures(&v, ret, err);
        rc = rc ? rc : thresholds(&v, ret, err);
    }
    free(f);
    free(ok);
    free(person);
    return rc;
}
