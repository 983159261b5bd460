/* SPDX-License-Identifier: MIT */
/* Metrics; see accuracy_metrics.h. */
#include "accuracy_metrics.h"

#include <math.h>
#include <stdlib.h>

#include "cli/library/eval.h"
#include "engine/kernels/cpu.h"

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

double face_d2(const struct found_face *a, const struct found_face *b)
{
    return fn_vector_kernels(FN_CPU_DETECT)->d2(a->x, b->x, FN_DIM) / (double)FN_Q14_ONE;
}

void distances_add(struct fn_dists *d, double x)
{
    if (fn_dists_add(d, x))
        abort();
}

void all_pairs(const struct photo_set *s,
               const struct found_face *(*judged)(const struct photo *), struct fn_dists *same,
               struct fn_dists *different)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct found_face *a = judged(&s->v[i]);
        for (size_t j = 0; j < i; j++) {
            if (s->v[i].person == UINT32_MAX || s->v[j].person == UINT32_MAX)
                continue;
            const struct found_face *b = judged(&s->v[j]);
            bool is_same = s->v[i].person == s->v[j].person;
            if (is_same)
                distances_add(same, a && b ? face_d2(a, b) : (double)INFINITY);
            else if (a && b)
                distances_add(different, face_d2(a, b));
        }
    }
    fn_dists_sort(same);
    fn_dists_sort(different);
}

double pair_accuracy(const struct fn_dists *same, const struct fn_dists *different,
                     size_t missed, double t)
{
    size_t right = fn_dists_below(same, t) + different->n - fn_dists_below(different, t);
    return (double)right / (double)(same->n + different->n + missed);
}

double best_accuracy(const struct fn_dists *same, const struct fn_dists *different,
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

/* The cluster of face f of photo i. */
static uint32_t group_of(const struct found_face *f, const struct fnl_eval_group_face *v,
                         const uint32_t *group, size_t n, size_t i)
{
    for (size_t k = 0; k < n && f; k++) {
        if (v[k].x == f->x)
            return group[k];
    }
    return f ? (uint32_t)(n + i) : FN_GROUP_MISSED;
}

struct fn_partition_score
cluster_score(const struct photo_set *s,
              const struct found_face *(*judged)(const struct photo *),
              const struct fn_profile_values *values)
{
    struct fn_partition_score r = {0};
    size_t n = 0, n_judged = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->v[i].n_faces;
    struct fnl_eval_group_face *v = must(calloc(n + 1, sizeof *v));
    uint32_t *group = must(calloc(n + 1, sizeof *group));
    uint32_t *people = must(calloc(s->n + 1, sizeof *people));
    uint32_t *groups = must(calloc(s->n + 1, sizeof *groups));
    n = 0;
    for (size_t i = 0; i < s->n; i++) {
        for (uint32_t k = 0; k < s->v[i].n_faces; k++) {
            const struct found_face *f = &s->v[i].faces[k];
            v[n++] = (struct fnl_eval_group_face){f->x, i, f->quality < values->min_quality};
        }
    }
    if (fnl_eval_group(v, n, values, group, NULL))
        abort();
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].person == UINT32_MAX)
            continue;
        people[n_judged] = s->v[i].person;
        groups[n_judged++] = group_of(judged(&s->v[i]), v, group, n, i);
    }
    if (fn_partition_judge(people, groups, n_judged, &r))
        abort();
    free(v);
    free(group);
    free(people);
    free(groups);
    return r;
}
