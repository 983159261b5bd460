/* SPDX-License-Identifier: MIT */
/* Every pair of a set of vectors, without storing all impostor pairs. A first pass counts them
 * in bins. A second pass stores the closest ones, up to the bin in which the requested share
 * ends. Quantiles among the stored ones are exact. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/eval/distance_blocks.h"
#include "engine/eval/metrics.h"

enum { TAIL_MAX = 8 << 20 };

struct pass {
    const struct fn_vectors *v;
    struct fn_all_pairs *out;
    size_t last_bin; /* second pass: store pairs up to this bin */
    size_t cap, n_same_found, person_cap, d2_cap;
    bool failed;
};

static size_t bin_of(float d2)
{
    size_t i = (size_t)(d2 * ((float)FN_D2_BINS / 4));
    return i < FN_D2_BINS ? i : FN_D2_BINS - 1;
}

static bool is_found(const struct fn_vectors *v, size_t i)
{
    return !v->found || v->found[i];
}

static void add_same(struct pass *s, uint32_t person, double d2)
{
    struct fn_all_pairs *o = s->out;
    size_t n = s->n_same_found;
    uint32_t *people = fn_array_grow(o->same_person, &s->person_cap, n + 1, sizeof *people);
    o->same_person = people ? people : o->same_person;
    float *d = fn_array_grow(o->same_d2, &s->d2_cap, n + 1, sizeof *d);
    o->same_d2 = d ? d : o->same_d2;
    if (!people || !d) {
        s->failed = true;
        return;
    }
    o->same_person[n] = person;
    o->same_d2[n] = (float)d2;
    s->n_same_found++;
    s->failed |= fn_dists_add(&o->same, d2) != 0;
}

static void count_block(void *ctx, const float *d2, size_t i0, size_t n_i, size_t j0,
                        size_t n_j)
{
    struct pass *s = ctx;
    const struct fn_vectors *v = s->v;
    for (size_t i = i0; i < i0 + n_i && !s->failed; i++, d2 += n_j) {
        for (size_t j = j0; j < j0 + n_j && j < i; j++) {
            bool found = is_found(v, i) && is_found(v, j);
            if (v->person[i] == v->person[j]) {
                add_same(s, v->person[i], found ? (double)d2[j - j0] : (double)INFINITY);
            } else if (found) {
                s->out->n_different++;
                s->out->different_bins[bin_of(d2[j - j0])]++;
            }
        }
    }
}

static void keep_block(void *ctx, const float *d2, size_t i0, size_t n_i, size_t j0, size_t n_j)
{
    struct pass *s = ctx;
    const struct fn_vectors *v = s->v;
    for (size_t i = i0; i < i0 + n_i; i++, d2 += n_j) {
        if (!is_found(v, i))
            continue;
        for (size_t j = j0; j < j0 + n_j && j < i; j++) {
            if (bin_of(d2[j - j0]) > s->last_bin || v->person[i] == v->person[j] ||
                !is_found(v, j) || s->out->n_tail == s->cap)
                continue;
            s->out->tail[s->out->n_tail++] =
                (struct fn_impostor){d2[j - j0], v->person[i], v->person[j]};
        }
    }
}

static int by_distance(const void *a, const void *b)
{
    const struct fn_impostor *x = a, *y = b;
    if (x->d2 != y->d2)
        return x->d2 < y->d2 ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static int keep_tail(struct pass *s, double share)
{
    struct fn_all_pairs *o = s->out;
    double wanted = share * (double)o->n_different + 1;
    uint64_t sum = 0;
    size_t bin = 0;
    for (; bin < FN_D2_BINS && (double)sum < wanted; bin++) {
        if (sum + o->different_bins[bin] > TAIL_MAX)
            break;
        sum += o->different_bins[bin];
    }
    if (!sum)
        return 0;
    s->last_bin = bin - 1;
    s->cap = (size_t)sum;
    o->tail = calloc(s->cap, sizeof *o->tail);
    if (!o->tail)
        return -ENOMEM;
    int rc = fn_each_block(s->v->x, s->v->n, NULL, 0, s->v->dim, keep_block, s);
    qsort(o->tail, o->n_tail, sizeof *o->tail, by_distance);
    return rc;
}

int fn_all_pairs_run(const struct fn_vectors *v, double tail_share, struct fn_all_pairs *ret,
                     struct fn_error *err)
{
    struct fn_all_pairs out = {0};
    struct pass s = {.v = v, .out = &out};
    out.different_bins = calloc(FN_D2_BINS, sizeof *out.different_bins);
    int rc = out.different_bins ? fn_each_block(v->x, v->n, NULL, 0, v->dim, count_block, &s)
                                : -ENOMEM;
    if (!rc && s.failed)
        rc = -ENOMEM;
    if (!rc) {
        fn_dists_sort(&out.same);
        rc = keep_tail(&s, tail_share);
    }
    if (rc) {
        fn_all_pairs_free(&out);
        return fn_error_set(err, rc, "no memory for %zu vectors", v->n);
    }
    *ret = out;
    return 0;
}

void fn_all_pairs_free(struct fn_all_pairs *p)
{
    if (!p)
        return;
    fn_dists_free(&p->same);
    free(p->same_person);
    free(p->same_d2);
    free(p->different_bins);
    free(p->tail);
    *p = (struct fn_all_pairs){0};
}
