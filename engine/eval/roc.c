/* SPDX-License-Identifier: MIT */
/* Sorted distances, and metrics of two lists of them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/base/array.h"
#include "engine/eval/metrics.h"

int fn_dists_add(struct fn_dists *d, double d2)
{
    float *v = fn_array_grow(d->v, &d->cap, d->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    d->v = v;
    d->v[d->n++] = (float)d2;
    return 0;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

void fn_dists_sort(struct fn_dists *d)
{
    if (d->n)
        qsort(d->v, d->n, sizeof *d->v, compare);
}

void fn_dists_free(struct fn_dists *d)
{
    free(d->v);
    *d = (struct fn_dists){0};
}

static int below(const void *threshold, const void *d2)
{
    return (double)*(const float *)d2 < *(const double *)threshold ? 1 : -1;
}

size_t fn_dists_below(const struct fn_dists *d, double t)
{
    return fn_lower_bound(&t, d->v, d->n, sizeof *d->v, below);
}

double fn_dists_share(const struct fn_dists *d, double t)
{
    return d->n ? (double)fn_dists_below(d, t) / (double)d->n : 0;
}

double fn_dists_quantile(const struct fn_dists *d, double q)
{
    if (!d->n)
        return (double)NAN;
    size_t i = (size_t)(q * (double)d->n);
    return (double)d->v[i < d->n ? i : d->n - 1];
}

double fn_roc_auc(const struct fn_dists *same, const struct fn_dists *different)
{
    double wins = 0;
    size_t below = 0, end = 0; /* of different: closer than the genuine pair; not farther */
    if (!same->n || !different->n)
        return (double)NAN;
    for (size_t i = 0; i < same->n; i++) {
        while (below < different->n && different->v[below] < same->v[i])
            below++;
        end = end > below ? end : below;
        while (end < different->n && different->v[end] <= same->v[i])
            end++;
        wins += (double)(different->n - end) + (double)(end - below) / 2;
    }
    return wins / (double)same->n / (double)different->n;
}

double fn_roc_eer(const struct fn_dists *same, const struct fn_dists *different,
                  double *ret_threshold)
{
    /* lo: fewer false accepts than rejects; hi: not fewer */
    double lo = 0, hi = 4 + 1e-6;
    if (!same->n || !different->n)
        return (double)NAN;
    for (int i = 0; i < 60; i++) {
        double t = (lo + hi) / 2;
        if (fn_dists_share(different, t) < 1 - fn_dists_share(same, t))
            lo = t;
        else
            hi = t;
    }
    double a0 = fn_dists_share(different, lo), r0 = 1 - fn_dists_share(same, lo);
    double a1 = fn_dists_share(different, hi), r1 = 1 - fn_dists_share(same, hi);
    double step = (a1 - a0) + (r0 - r1), s = step > 0 ? (r0 - a0) / step : 0;
    if (ret_threshold)
        *ret_threshold = hi;
    return a0 + s * (a1 - a0);
}

/* Sums of one Newton step over one class. y: 1 same, 0 different. */
static void logistic_sums(const struct fn_dists *d, double y, double a, double b, double g[2],
                          double h[3])
{
    double w = 1.0 / (double)d->n;
    for (size_t i = 0; i < d->n; i++) {
        double x = (double)d->v[i];
        if (!isfinite(x))
            continue;
        double p = 1 / (1 + exp(-(a - b * x))), v = w * p * (1 - p);
        g[0] += w * (y - p);
        g[1] -= w * (y - p) * x;
        h[0] += v;
        h[1] -= v * x;
        h[2] += v * x * x;
    }
}

void fn_fit_logistic(const struct fn_dists *same, const struct fn_dists *different,
                     double *ret_a, double *ret_b)
{
    double a = 0, b = 0;
    for (int round = 0; round < 50 && same->n && different->n; round++) {
        double g[2] = {0, 0}, h[3] = {1e-9, 0, 1e-9};
        logistic_sums(same, 1, a, b, g, h);
        logistic_sums(different, 0, a, b, g, h);
        double det = h[0] * h[2] - h[1] * h[1];
        if (fabs(det) < 1e-18)
            break;
        double da = (h[2] * g[0] - h[1] * g[1]) / det, db = (h[0] * g[1] - h[1] * g[0]) / det;
        double step = fmin(1, 5 / (fabs(da) + fabs(db) + 1e-9));
        a += step * da;
        b += step * db;
    }
    *ret_a = a;
    *ret_b = b;
}
