/* SPDX-License-Identifier: MIT */
/* See triplet.h. */
#include "engine/train/triplet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/rng.h"
#include "engine/kernels/gemm.h"

enum { ROWS = 128, PERCENTILE_SAMPLES = 100000 };

/* Below this median distance of negatives nothing is distinguished: 1 degree between vectors is
 * 3e-4. */
static const float collapse_d2 = 1e-3f;

void fn_triplets_finish(struct fn_triplets *t)
{
    if (!t)
        return;
    free(t->v);
    *t = (struct fn_triplets){0};
}

static int add(struct fn_triplets *t, size_t a, size_t p, size_t n)
{
    struct fn_triplet *v = fn_array_grow(t->v, &t->cap, t->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    t->v = v;
    t->v[t->n++] = (struct fn_triplet){(uint32_t)a, (uint32_t)p, (uint32_t)n};
    return 0;
}

/* ---- distances ---- */

struct near {
    float d;
    uint32_t i;
};

struct selector {
    const float *f;
    const uint32_t *person;
    size_t n, dim;
    const struct fn_select_opts *o;
    float *d; /* [ROWS][n] */
    /* Negatives of one anchor: distances as integers and their indices, in order; and sorted by
     * distance, if needed. */
    int32_t *keys;
    uint32_t *index;
    size_t n_keys;
    struct near *sorted;
    float *positives, *negatives;
    size_t n_positives, n_negatives, positives_cap, pairs_seen, stride;
    struct fn_triplets *ret;
};

static void distances(const struct selector *s, size_t first, size_t rows)
{
    fn_gemm(&(struct fn_gemm){.trans_b = true,
                              .m = rows,
                              .n = s->n,
                              .k = s->dim,
                              .alpha = -2,
                              .a = s->f + first * s->dim,
                              .lda = s->dim,
                              .b = s->f,
                              .ldb = s->dim,
                              .c = s->d,
                              .ldc = s->n});
    for (size_t i = 0; i < rows * s->n; i++)
        s->d[i] = s->d[i] < -2 ? 0 : s->d[i] + 2;
}

static int by_distance(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->d != y->d)
        return x->d < y->d ? -1 : 1;
    return x->i < y->i ? -1 : 1;
}

static size_t sort_negatives(const struct selector *s, size_t a, const float *d)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->person[i] != s->person[a])
            s->sorted[n++] = (struct near){d[i], (uint32_t)i};
    qsort(s->sorted, n, sizeof *s->sorted, by_distance);
    return n;
}

/* Elements as close as the key are treated as less than it. */
static int farther(const void *key, const void *elem)
{
    return ((const struct near *)elem)->d > *(const float *)key ? -1 : 1;
}

/* The first of the sorted ones that is farther than d. */
static size_t beyond(const struct near *sorted, size_t n, float d)
{
    return fn_lower_bound(&d, sorted, n, sizeof *sorted, farther);
}

/* The bits of a non-negative float, which have the same order. The compiler may compute a
 * minimum of integers in any order, and so with vector instructions. */
static int32_t key_of(float d)
{
    int32_t k;
    d += 0.f; /* no negative zero */
    memcpy(&k, &d, sizeof k);
    return k;
}

static void list_negatives(struct selector *s, size_t a, const float *d)
{
    s->n_keys = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->person[i] != s->person[a]) {
            s->index[s->n_keys] = (uint32_t)i;
            s->keys[s->n_keys++] = key_of(d[i]);
        }
}

/* The least key above bound. INT32_MAX: none. */
static int32_t next_key(const int32_t *keys, size_t n, int32_t bound)
{
    int32_t best = INT32_MAX;
    for (size_t i = 0; i < n; i++) {
        int32_t k = keys[i] > bound ? keys[i] : INT32_MAX;
        best = k < best ? k : best;
    }
    return best;
}

/* ---- selection ---- */

/* sorted: number of sorted ones, 0 while they are not needed. */
static int without_semi_hard(const struct selector *s, size_t a, size_t p, const float *d,
                             size_t *sorted)
{
    if (s->o->no_negative == FN_NO_NEGATIVE_SKIP || !s->n_keys)
        return 0;
    if (!*sorted)
        *sorted = sort_negatives(s, a, d);
    if (s->o->no_negative == FN_NO_NEGATIVE_FARTHEST)
        return add(s->ret, a, p, s->sorted[*sorted - 1].i);
    size_t inside = beyond(s->sorted, *sorted, d[p] + s->o->margin);
    if (!inside)
        return 0;
    struct fn_rng r = fn_rng_init(s->o->seed, a * s->n + p);
    return add(s->ret, a, p, s->sorted[fn_rng_below(&r, inside)].i);
}

static int semi_hard(struct selector *s, size_t a, const float *d)
{
    size_t sorted = 0;
    int rc = 0;
    list_negatives(s, a, d);
    for (size_t p = 0; rc == 0 && p < s->n; p++) {
        if (p == a || s->person[p] != s->person[a])
            continue;
        int32_t key = next_key(s->keys, s->n_keys, key_of(d[p]));
        if (key >= key_of(d[p] + s->o->margin)) {
            rc = without_semi_hard(s, a, p, d, &sorted);
            continue;
        }
        size_t i = 0;
        while (s->keys[i] != key)
            i++;
        rc = add(s->ret, a, p, s->index[i]);
    }
    return rc;
}

static int batch_hard(const struct selector *s, size_t a, const float *d)
{
    size_t p = SIZE_MAX, n = SIZE_MAX;
    for (size_t i = 0; i < s->n; i++) {
        if (i == a)
            continue;
        if (s->person[i] == s->person[a])
            p = p == SIZE_MAX || d[i] > d[p] ? i : p;
        else
            n = n == SIZE_MAX || d[i] < d[n] ? i : n;
    }
    return p == SIZE_MAX || n == SIZE_MAX ? 0 : add(s->ret, a, p, n);
}

/* ---- statistics ---- */

static int keep_distances(struct selector *s, size_t a, const float *d)
{
    for (size_t i = a + 1; i < s->n; i++) {
        if (s->person[i] != s->person[a]) {
            if (s->pairs_seen++ % s->stride == 0 && s->n_negatives < PERCENTILE_SAMPLES)
                s->negatives[s->n_negatives++] = d[i];
            continue;
        }
        float *v =
            fn_array_grow(s->positives, &s->positives_cap, s->n_positives + 1, sizeof *v);
        if (!v)
            return -ENOMEM;
        s->positives = v;
        s->positives[s->n_positives++] = d[i];
    }
    return 0;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void percentiles(float *v, size_t n, float out[5])
{
    static const double at[5] = {.05, .25, .5, .75, .95};
    if (n)
        qsort(v, n, sizeof *v, by_value);
    for (int i = 0; i < 5; i++)
        out[i] = n ? v[(size_t)(at[i] * (double)(n - 1) + .5)] : 0;
}

static int select_all(struct selector *s)
{
    int rc = 0;
    for (size_t first = 0; rc == 0 && first < s->n; first += ROWS) {
        size_t rows = s->n - first < ROWS ? s->n - first : ROWS;
        distances(s, first, rows);
        for (size_t k = 0; rc == 0 && k < rows; k++) {
            const float *d = s->d + k * s->n;
            rc = keep_distances(s, first + k, d);
            if (rc == 0)
                rc = s->o->selection == FN_SELECT_SEMI_HARD ? semi_hard(s, first + k, d)
                                                            : batch_hard(s, first + k, d);
        }
    }
    return rc;
}

int fn_triplet_select(const float *f, const uint32_t *person, size_t n, size_t dim,
                      const struct fn_select_opts *o, struct fn_triplets *ret,
                      struct fn_batch_stats *stats)
{
    struct selector s = {.f = f, .person = person, .n = n, .dim = dim, .o = o, .ret = ret};
    s.stride = n * n / 2 / PERCENTILE_SAMPLES + 1;
    s.d = malloc((n ? n : 1) * ROWS * sizeof *s.d);
    s.sorted = malloc((n ? n : 1) * sizeof *s.sorted);
    s.keys = malloc((n ? n : 1) * sizeof *s.keys);
    s.index = malloc((n ? n : 1) * sizeof *s.index);
    s.negatives = malloc(PERCENTILE_SAMPLES * sizeof *s.negatives);
    int rc = s.d && s.sorted && s.keys && s.index && s.negatives ? select_all(&s) : -ENOMEM;
    if (rc == 0) {
        stats->pairs = 2 * s.n_positives;
        percentiles(s.positives, s.n_positives, stats->positive);
        percentiles(s.negatives, s.n_negatives, stats->negative);
        stats->collapsed = s.n_negatives > 0 && stats->negative[2] < collapse_d2;
    }
    free(s.d);
    free(s.sorted);
    free(s.keys);
    free(s.index);
    free(s.negatives);
    free(s.positives);
    return rc;
}

/* ---- loss ---- */

static double d2(const float *a, const float *b, size_t dim)
{
    double sum = 0;
    for (size_t i = 0; i < dim; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sum;
}

/* d/da = 2 (n - p), d/dp = 2 (p - a), d/dn = 2 (a - n). */
static void add_gradient(const float *f, size_t dim, const struct fn_triplet *t, double *g)
{
    const float *a = f + t->anchor * dim, *p = f + t->positive * dim,
                *n = f + t->negative * dim;
    double *ga = g + t->anchor * dim, *gp = g + t->positive * dim, *gn = g + t->negative * dim;
    for (size_t i = 0; i < dim; i++) {
        ga[i] += 2 * ((double)n[i] - (double)p[i]);
        gp[i] += 2 * ((double)p[i] - (double)a[i]);
        gn[i] += 2 * ((double)a[i] - (double)n[i]);
    }
}

int fn_triplet_loss(const float *f, size_t n, size_t dim, const struct fn_triplets *t,
                    float margin, float *grad, struct fn_batch_stats *stats)
{
    double *g = calloc(n * dim + 1, sizeof *g), sum = 0;
    if (!g)
        return -ENOMEM;
    stats->selected = t->n;
    stats->active = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct fn_triplet *q = &t->v[i];
        double loss = d2(f + q->anchor * dim, f + q->positive * dim, dim) -
                      d2(f + q->anchor * dim, f + q->negative * dim, dim) + (double)margin;
        if (loss <= 0)
            continue;
        sum += loss;
        stats->active++;
        add_gradient(f, dim, q, g);
    }
    double scale = t->n ? 1 / (double)t->n : 0;
    stats->loss = sum * scale;
    for (size_t i = 0; i < n * dim; i++)
        grad[i] = (float)(g[i] * scale);
    free(g);
    return 0;
}
