/* SPDX-License-Identifier: MIT */
/* See eval_vectors.h. */
#include "engine/eval/eval_vectors.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int fn_eval_vectors_init(struct fn_eval_vectors *v, const struct fn_eval_set *s, size_t dim,
                         struct fn_error *err)
{
    *v = (struct fn_eval_vectors){.n = s->n, .dim = dim};
    v->x = calloc(s->n + 1, dim * sizeof *v->x);
    v->found = calloc(s->n + 1, 1);
    v->person = calloc(s->n + 1, sizeof *v->person);
    if (!v->x || !v->found || !v->person) {
        fn_eval_vectors_free(v);
        return fn_error_set(err, -ENOMEM, "no memory for %zu vectors", s->n);
    }
    for (size_t i = 0; i < s->n; i++)
        v->person[i] = s->pictures[i].person;
    return 0;
}

void fn_eval_vectors_free(struct fn_eval_vectors *v)
{
    free(v->x);
    free(v->found);
    free(v->person);
    *v = (struct fn_eval_vectors){0};
}

struct fn_vectors fn_eval_vectors_view(const struct fn_eval_vectors *v, size_t n_people)
{
    return (struct fn_vectors){v->x, v->n, v->dim, v->person, n_people, v->found};
}

double fn_eval_d2(const float *a, const float *b, size_t dim)
{
    double sum = 0;
    if (!a || !b)
        return (double)NAN;
    for (size_t i = 0; i < dim; i++) {
        double d = (double)a[i] - (double)b[i];
        sum += d * d;
    }
    return sum;
}

int fn_eval_pair_distances(const struct fn_eval_vectors *v, const struct fn_eval_pairs *p,
                           struct fn_pair_d2 **ret, struct fn_error *err)
{
    struct fn_pair_d2 *d = calloc(p->n + 1, sizeof *d);
    if (!d)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < p->n; i++) {
        const struct fn_eval_pair *q = &p->v[i];
        const float *a = v->found[q->a] ? v->x + q->a * v->dim : NULL,
                    *b = v->found[q->b] ? v->x + q->b * v->dim : NULL;
        d[i] = (struct fn_pair_d2){(float)fn_eval_d2(a, b, v->dim), q->fold, q->same};
    }
    *ret = d;
    return 0;
}
