/* SPDX-License-Identifier: MIT */
/* Genuine pairs accepted at a false-accept rate, and how certain that is: people are resampled,
 * and the threshold is computed again each time. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/eval/metrics.h"

double fn_tar_at_far(const struct fn_all_pairs *p, double far, double *ret_threshold)
{
    size_t i = (size_t)(far * (double)p->n_different);
    if (far * (double)p->n_different < 1 || i >= p->n_tail)
        return (double)NAN;
    if (ret_threshold)
        *ret_threshold = (double)p->tail[i].d2;
    return fn_dists_share(&p->same, (double)p->tail[i].d2);
}

double fn_d2_at_far(const struct fn_all_pairs *p, double far, size_t events)
{
    double wanted = far * (double)p->n_different;
    if (wanted >= (double)events)
        return wanted < (double)p->n_tail ? (double)p->tail[(size_t)wanted].d2 : (double)NAN;
    if (10 * events >= p->n_tail)
        return (double)NAN;
    double d = (double)p->tail[events].d2, decade = (double)p->tail[10 * events].d2 - d;
    return fmax(d - decade * log10((double)events / wanted), d / 2);
}

/* ---- with resampled people ---- */

struct tar {
    const struct fn_all_pairs *p;
    const uint64_t *n_found; /* vectors of each person */
    size_t n_people;
    double far;
};

/* Number of impostor pairs when person k occurs weight[k] times. Copies of one person are not
 * impostors of each other. */
static double weighted_impostors(const struct tar *t, const uint32_t *weight)
{
    double sum = 0, squares = 0;
    for (size_t k = 0; k < t->n_people; k++) {
        double n = (double)t->n_found[k] * weight[k];
        sum += n;
        squares += n * n;
    }
    return (sum * sum - squares) / 2;
}

static void weighted_tar(const uint32_t *weight, void *ctx, double *out)
{
    const struct tar *t = ctx;
    double wanted = t->far * weighted_impostors(t, weight), sum = 0, right = 0, all = 0;
    size_t i = 0;
    for (; i < t->p->n_tail; i++) {
        sum += (double)weight[t->p->tail[i].a] * weight[t->p->tail[i].b];
        if (sum > wanted)
            break;
    }
    *out = (double)NAN;
    if (i == t->p->n_tail)
        return;
    for (size_t k = 0; k < t->p->same.n; k++) {
        double w = weight[t->p->same_person[k]];
        all += w;
        right += t->p->same_d2[k] < t->p->tail[i].d2 ? w : 0;
    }
    if (all > 0)
        *out = right / all;
}

/* Number of vectors of each person; heap. */
static uint64_t *count_found(const struct fn_vectors *v)
{
    uint64_t *n = calloc(v->n_people + 1, sizeof *n);
    for (size_t i = 0; n && i < v->n; i++)
        n[v->person[i]] += !v->found || v->found[i];
    return n;
}

int fn_tar_interval(const struct fn_all_pairs *p, const struct fn_vectors *v, double far,
                    size_t resamples, uint64_t seed, struct fn_interval *ret,
                    struct fn_error *err)
{
    uint64_t *n_found = count_found(v);
    if (!n_found)
        return fn_error_set(err, -ENOMEM, "out of memory");
    struct tar t = {p, n_found, v->n_people, far};
    int rc = fn_bootstrap(v->n_people, resamples, seed, weighted_tar, &t, 1, ret, err);
    if (!rc)
        ret->value = fn_tar_at_far(p, far, NULL);
    free(n_found);
    return rc;
}

/* Each with its own threshold, for the same people. */
static void weighted_difference(const uint32_t *weight, void *ctx, double *out)
{
    struct tar *t = ctx;
    double of[2];
    weighted_tar(weight, &t[0], &of[0]);
    weighted_tar(weight, &t[1], &of[1]);
    *out = of[1] - of[0];
}

int fn_tar_difference(const struct fn_all_pairs *const p[2],
                      const struct fn_vectors *const v[2], double far, size_t resamples,
                      uint64_t seed, struct fn_interval *ret, struct fn_error *err)
{
    uint64_t *n_found[2] = {count_found(v[0]), count_found(v[1])};
    int rc = n_found[0] && n_found[1] ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    struct tar t[2] = {{p[0], n_found[0], v[0]->n_people, far},
                       {p[1], n_found[1], v[1]->n_people, far}};
    rc =
        rc ? rc
           : fn_bootstrap(v[0]->n_people, resamples, seed, weighted_difference, t, 1, ret, err);
    if (!rc)
        ret->value = fn_tar_at_far(p[1], far, NULL) - fn_tar_at_far(p[0], far, NULL);
    free(n_found[0]);
    free(n_found[1]);
    return rc;
}
