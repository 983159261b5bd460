/* Figures of merit; see accuracy_metrics.h. */
#include "accuracy_metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/kernels/cpu.h"
#include "index/cluster.h"

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

double face_d2(const struct found_face *a, const struct found_face *b)
{
    return fn_vector_kernels(FN_CPU_DETECT)->d2(a->x, b->x) / (double)FN_Q14_ONE;
}

void distances_add(struct distances *d, double x)
{
    if (d->n == d->size) {
        d->size = d->size ? d->size * 2 : 1024;
        d->v = must(realloc(d->v, d->size * sizeof *d->v));
    }
    d->v[d->n++] = (float)x;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

void distances_sort(struct distances *d)
{
    if (d->n)
        qsort(d->v, d->n, sizeof *d->v, compare);
}

void distances_free(struct distances *d)
{
    free(d->v);
    *d = (struct distances){0};
}

static size_t count_below(const struct distances *d, double t)
{
    size_t lo = 0, hi = d->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if ((double)d->v[mid] < t)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

double distances_below(const struct distances *d, double t)
{
    return d->n ? (double)count_below(d, t) / (double)d->n : 0;
}

double distances_quantile(const struct distances *d, double q)
{
    if (!d->n)
        return NAN;
    size_t i = (size_t)(q * (double)d->n);
    return (double)d->v[i < d->n ? i : d->n - 1];
}

void all_pairs(const struct photo_set *s,
               const struct found_face *(*judged)(const struct photo *), struct distances *same,
               struct distances *different)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct found_face *a = judged(&s->v[i]);
        for (size_t j = 0; j < i; j++) {
            if (s->v[i].person == UINT32_MAX || s->v[j].person == UINT32_MAX)
                continue;
            const struct found_face *b = judged(&s->v[j]);
            bool is_same = s->v[i].person == s->v[j].person;
            if (is_same)
                distances_add(same, a && b ? face_d2(a, b) : PAIR_MISSED);
            else if (a && b)
                distances_add(different, face_d2(a, b));
        }
    }
    distances_sort(same);
    distances_sort(different);
}

double pair_accuracy(const struct distances *same, const struct distances *different,
                     size_t missed, double t)
{
    size_t right = count_below(same, t) + different->n - count_below(different, t);
    return (double)right / (double)(same->n + different->n + missed);
}

double best_accuracy(const struct distances *same, const struct distances *different,
                     size_t missed, double *ret_t)
{
    double best = -1;
    for (int i = 0; i <= 4000; i++) {
        double t = i / 1000.0, a = pair_accuracy(same, different, missed, t);
        if (a > best) {
            best = a;
            *ret_t = t;
        }
    }
    return best;
}

/* Sums of one Newton step over one class; y: 1 same, 0 different. */
static void logistic_sums(const struct distances *d, double y, double a, double b, double g[2],
                          double h[3])
{
    double w = 1.0 / (double)d->n;
    for (size_t i = 0; i < d->n; i++) {
        double x = (double)d->v[i];
        if (x >= PAIR_MISSED)
            continue;
        double p = 1 / (1 + exp(-(a - b * x))), v = w * p * (1 - p);
        g[0] += w * (y - p);
        g[1] -= w * (y - p) * x;
        h[0] += v;
        h[1] -= v * x;
        h[2] += v * x * x;
    }
}

void fit_logistic(const struct distances *same, const struct distances *different,
                  double *ret_a, double *ret_b)
{
    double a = 0, b = 0;
    for (int round = 0; round < 50; round++) {
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

/* ---- clustering: neighbours and gate as in the index, groups by its own function ---- */

struct node {
    const struct found_face *face;
    size_t photo;
    uint32_t near[FN_NEIGHBOURS_MAX];
    uint32_t d[FN_NEIGHBOURS_MAX];
    uint32_t n_near;
    uint32_t *edges;
    uint32_t n_edges;
};

static void add_near(struct node *x, uint32_t y, uint32_t d)
{
    uint32_t at = x->n_near;
    while (at && (x->d[at - 1] > d || (x->d[at - 1] == d && x->near[at - 1] > y)))
        at--;
    if (at == FN_NEIGHBOURS_MAX)
        return;
    if (x->n_near < FN_NEIGHBOURS_MAX)
        x->n_near++;
    for (uint32_t i = x->n_near - 1; i > at; i--) {
        x->near[i] = x->near[i - 1];
        x->d[i] = x->d[i - 1];
    }
    x->near[at] = y;
    x->d[at] = d;
}

static uint32_t scaled(double d2)
{
    return (uint32_t)(d2 * FN_Q14_ONE);
}

static void find_neighbours(struct node *v, size_t n, double limit)
{
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    uint32_t most = scaled(limit);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            if (v[i].photo == v[j].photo)
                continue;
            uint32_t d = k->d2(v[i].face->x, v[j].face->x);
            if (d <= most)
                add_near(&v[i], (uint32_t)j, d);
        }
    }
}

static bool is_near(const struct node *x, uint32_t y)
{
    for (uint32_t i = 0; i < x->n_near; i++) {
        if (x->near[i] == y)
            return true;
    }
    return false;
}

static uint32_t n_shared(const struct node *a, const struct node *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_near; i++)
        n += is_near(b, a->near[i]);
    return n;
}

static void make_edges(struct node *v, size_t n, double strict)
{
    uint32_t strict_d = scaled(strict);
    for (size_t i = 0; i < n; i++) {
        v[i].edges = must(malloc(FN_NEIGHBOURS_MAX * sizeof *v[i].edges));
        for (uint32_t k = 0; k < v[i].n_near; k++) {
            uint32_t j = v[i].near[k],
                     few = v[i].n_near < v[j].n_near ? v[i].n_near : v[j].n_near;
            uint32_t need = few - 1 < 3 ? few - 1 : 3;
            if (is_near(&v[j], (uint32_t)i) &&
                (v[i].d[k] <= strict_d || n_shared(&v[i], &v[j]) >= need))
                v[i].edges[v[i].n_edges++] = j;
        }
    }
}

static void group_nodes(struct node *v, size_t n, double cluster_d2, uint32_t *group)
{
    struct fn_cluster_face *f = must(calloc(n ? n : 1, sizeof *f));
    for (size_t i = 0; i < n; i++)
        f[i] = (struct fn_cluster_face){.ckey = i + 1,
                                        .photo = v[i].photo + 1,
                                        .x = v[i].face->x,
                                        .edges = v[i].edges,
                                        .n_edges = v[i].n_edges};
    if (n && fn_cluster_component(f, n, scaled(cluster_d2), group))
        abort();
    free(f);
}

/* Judged photos with their groups; UINT32_MAX for a missed face, a number of its own for one that founds nobody. */
static void score_partition(const uint32_t *person, const uint32_t *group, size_t n,
                            struct partition_score *r)
{
    double b3p = 0, b3r = 0;
    size_t together = 0, right = 0, same = 0;
    for (size_t i = 0; i < n; i++) {
        size_t in_group = 1, of_person = 1, both = 1;
        for (size_t j = 0; j < n; j++) {
            if (i == j)
                continue;
            bool g = group[i] != UINT32_MAX && group[i] == group[j], p = person[i] == person[j];
            in_group += g;
            of_person += p;
            both += g && p;
        }
        together += in_group - 1;
        same += of_person - 1;
        right += both - 1;
        if (group[i] == UINT32_MAX)
            continue;
        b3p += (double)both / (double)in_group;
        b3r += (double)both / (double)of_person;
    }
    r->precision = together ? (double)right / (double)together : 1;
    r->recall = same ? (double)right / (double)same : 1;
    r->b3_precision = n ? b3p / (double)n : 0;
    r->b3_recall = n ? b3r / (double)n : 0;
    double sum = r->b3_precision + r->b3_recall;
    r->b3_f = sum > 0 ? 2 * r->b3_precision * r->b3_recall / sum : 0;
    r->n_judged = n;
}

struct partition_score cluster_score(const struct photo_set *s,
                                     const struct found_face *(*judged)(const struct photo *),
                                     const struct cluster_rule *rule)
{
    struct partition_score r = {0};
    size_t n = 0, n_judged = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->v[i].n_faces;
    struct node *v = must(calloc(n ? n : 1, sizeof *v));
    uint32_t *group = must(calloc(n ? n : 1, sizeof *group));
    uint32_t *people = must(calloc(s->n ? s->n : 1, sizeof *people));
    uint32_t *groups = must(calloc(s->n ? s->n : 1, sizeof *groups));
    n = 0;
    for (size_t i = 0; i < s->n; i++) {
        for (uint32_t k = 0; k < s->v[i].n_faces; k++) {
            if ((double)s->v[i].faces[k].quality >= rule->min_quality)
                v[n++] = (struct node){.face = &s->v[i].faces[k], .photo = i};
        }
    }
    find_neighbours(v, n, rule->neighbour_d2);
    make_edges(v, n, rule->strict_d2);
    group_nodes(v, n, rule->cluster_d2, group);
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].person == UINT32_MAX)
            continue;
        const struct found_face *f = judged(&s->v[i]);
        people[n_judged] = s->v[i].person;
        groups[n_judged] = f ? (uint32_t)(n + i) : UINT32_MAX;
        for (size_t k = 0; k < n && f; k++) {
            if (v[k].face == f)
                groups[n_judged] = group[k];
        }
        r.n_missed += !f;
        n_judged++;
    }
    score_partition(people, groups, n_judged, &r);
    for (size_t i = 0; i < n; i++)
        r.n_groups += group[i] == i;
    for (size_t i = 0; i < n; i++)
        free(v[i].edges);
    free(v);
    free(group);
    free(people);
    free(groups);
    return r;
}
