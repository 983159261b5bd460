/* SPDX-License-Identifier: MIT */
/* See fit_projection.h. All sums are in double, in the order of the faces. */
#include "engine/eval/fit_projection.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/rotate.h"

static double length_of(const float *x, size_t n)
{
    double s = 0;
    for (size_t i = 0; i < n; i++)
        s += (double)x[i] * (double)x[i];
    return sqrt(s);
}

/* One face with each part at its weight; adds the lengths that the parts had. */
static int even_out(const float *x, const struct fn_projection *p, double *y, double *lengths)
{
    size_t at = 0;
    for (uint32_t k = 0; k < p->n_parts; k++) {
        const struct fn_projection_part *part = &p->part[k];
        double length = length_of(x + at, part->numbers);
        if (!(length > 0) || !isfinite(length))
            return FN_EMODEL;
        lengths[k] += length / fn_projection_scale(p, k);
        for (size_t end = at + part->numbers; at < end; at++)
            y[at] = (double)x[at] / length * (double)part->weight;
    }
    return 0;
}

/* a += y y^T, its lower triangle. */
static void add_outer(double *a, const double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            a[i * n + j] += y[i] * y[j];
}

struct work {
    double *a, *v, *values, *y;
};

static int axes(struct work *w, const struct fn_projection *p, struct fn_projection *ret)
{
    size_t n = p->in;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            w->a[j * n + i] = w->a[i * n + j];
    int rc = fn_eigen_symmetric(w->a, n, w->values, w->v);
    for (size_t i = 0; rc == 0 && i < n; i++)
        for (size_t k = 0; k < p->out; k++)
            ret->m[i * p->out + k] =
                (int16_t)lround(w->v[k * n + i] * (double)FN_PROJECTION_UNIT);
    return rc;
}

static int fit(struct work *w, const float *x, size_t n, const struct fn_projection *p,
               struct fn_projection *ret, struct fn_error *err)
{
    double lengths[FN_PROJECTION_PARTS] = {0};
    for (size_t i = 0; i < n; i++) {
        if (even_out(x + i * p->in, p, w->y, lengths))
            return fn_error_set(err, FN_EMODEL, "face %zu: an embedder gives no direction", i);
        add_outer(w->a, w->y, p->in);
    }
    for (uint32_t k = 0; k < p->n_parts; k++)
        ret->part[k].length = (float)(lengths[k] / (double)n);
    return axes(w, p, ret) ? fn_error_set(err, -ENOMEM, "out of memory") : 0;
}

int fn_projection_fit(const float *x, size_t n, const struct fn_projection *start,
                      struct fn_projection *ret, struct fn_error *err)
{
    size_t size = start->in;
    *ret = *start;
    ret->m = NULL;
    if (n < size)
        return fn_error_set(err, FN_EREFUSED, "%zu faces are too few for %zu numbers", n, size);
    struct work w = {calloc(size * size, sizeof(double)), calloc(size * size, sizeof(double)),
                     calloc(size, sizeof(double)), calloc(size, sizeof(double))};
    ret->m = calloc(size * start->out, sizeof *ret->m);
    int rc = w.a && w.v && w.values && w.y && ret->m
                 ? fit(&w, x, n, start, ret, err)
                 : fn_error_set(err, -ENOMEM, "out of memory");
    free(w.a);
    free(w.v);
    free(w.values);
    free(w.y);
    return rc;
}
