/* Every pair of a set of vectors, without keeping the impostors: a first pass counts them in bins, a second one keeps the nearest,
 * those up to the bin in which the wanted share of them ends. Quantiles among the kept are exact. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/eval/blocks.h"
#include "engine/eval/metrics.h"

enum { TAIL_MAX = 8 << 20 };

struct pass {
    const struct fn_vectors *v;
    struct fn_all_pairs *out;
    size_t last_bin; /* second pass: keep up to this */
    size_t room, n_same_found, same_room;
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
    if (n == s->same_room) {
        size_t room = n ? n * 2 : 1024;
        uint32_t *people = reallocarray(o->same_person, room, sizeof *people);
        o->same_person = people ? people : o->same_person;
        float *d = reallocarray(o->same_d2, room, sizeof *d);
        o->same_d2 = d ? d : o->same_d2;
        if (!people || !d) {
            s->failed = true;
            return;
        }
        s->same_room = room;
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
                !is_found(v, j) || s->out->n_tail == s->room)
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
    s->room = (size_t)sum;
    o->tail = calloc(s->room, sizeof *o->tail);
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

double fn_tar_at_far(const struct fn_all_pairs *p, double far, double *ret_threshold)
{
    size_t i = (size_t)(far * (double)p->n_different);
    if (far * (double)p->n_different < 1 || i >= p->n_tail)
        return (double)NAN;
    if (ret_threshold)
        *ret_threshold = (double)p->tail[i].d2;
    return fn_dists_share(&p->same, (double)p->tail[i].d2);
}

/* ---- with resampled people ---- */

struct tar {
    const struct fn_all_pairs *p;
    const uint64_t *n_found; /* vectors of each person */
    size_t n_people;
    double far;
};

/* Impostor pairs when person k occurs weight[k] times. A person is no impostor of its own copies. */
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

int fn_tar_interval(const struct fn_all_pairs *p, const struct fn_vectors *v, double far,
                    size_t resamples, uint64_t seed, struct fn_interval *ret,
                    struct fn_error *err)
{
    uint64_t *n_found = calloc(v->n_people + 1, sizeof *n_found);
    if (!n_found)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < v->n; i++)
        n_found[v->person[i]] += is_found(v, i);
    struct tar t = {p, n_found, v->n_people, far};
    int rc = fn_bootstrap(v->n_people, resamples, seed, weighted_tar, &t, 1, ret, err);
    if (!rc)
        ret->value = fn_tar_at_far(p, far, NULL);
    free(n_found);
    return rc;
}
