/* SPDX-License-Identifier: MIT */
/* Clusters compared with people. Faces are sorted by cluster, then person, so that every cell
 * of the table of clusters and people is one run. Cost: n log n. */
#include <errno.h>
#include <stdlib.h>

#include "engine/base/array.h"
#include "engine/eval/metrics.h"

struct cell {
    uint32_t group, person;
};

static int by_group(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* How often x occurs in the sorted numbers. */
static size_t how_many(const uint32_t *sorted, size_t n, uint32_t x)
{
    size_t first = fn_lower_bound(&x, sorted, n, sizeof *sorted, by_number), end = first;
    while (end < n && sorted[end] == x)
        end++;
    return end - first;
}

struct sums {
    double together, right, same, b3p, b3r;
    size_t pure; /* faces of the most frequent person of their cluster */
};

static double ordered_pairs(size_t n)
{
    return (double)n * (double)(n - (n > 0));
}

/* One cluster: cells [i, end). */
static void judge_group(const struct cell *c, size_t i, size_t end, const uint32_t *people,
                        size_t n, struct sums *s, struct fn_partition_score *r)
{
    size_t size = end - i, most = 0, n_people = 0;
    s->together += ordered_pairs(size);
    for (size_t k = i, next; k < end; k = next) {
        for (next = k + 1; next < end && c[next].person == c[k].person;)
            next++;
        size_t both = next - k, of_person = how_many(people, n, c[k].person);
        s->right += ordered_pairs(both);
        s->b3p += (double)both * (double)both / (double)size;
        s->b3r += (double)both * (double)both / (double)of_person;
        most = both > most ? both : most;
        n_people++;
    }
    s->pure += most;
    r->n_groups++;
    r->n_impure += n_people > 1;
}

static double harmonic(double p, double r)
{
    return p + r > 0 ? 2 * p * r / (p + r) : 0;
}

int fn_partition_judge(const uint32_t *person, const uint32_t *group, size_t n,
                       struct fn_partition_score *ret)
{
    struct fn_partition_score r = {.n = n};
    struct sums s = {0};
    struct cell *c = calloc(n ? n : 1, sizeof *c);
    uint32_t *people = calloc(n ? n : 1, sizeof *people);
    if (!c || !people) {
        free(c);
        free(people);
        return -ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        c[i] = (struct cell){group[i], person[i]};
        people[i] = person[i];
    }
    qsort(c, n, sizeof *c, by_group);
    qsort(people, n, sizeof *people, by_number);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && people[end] == people[i];)
            end++;
        r.n_people++;
        s.same += ordered_pairs(end - i);
    }
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && c[end].group == c[i].group;)
            end++;
        if (c[i].group == FN_GROUP_MISSED)
            r.n_missed = end - i;
        else
            judge_group(c, i, end, people, n, &s, &r);
    }
    r.precision = s.together > 0 ? s.right / s.together : 1;
    r.recall = s.same > 0 ? s.right / s.same : 1;
    r.f = harmonic(r.precision, r.recall);
    r.b3_precision = n ? s.b3p / (double)n : 0;
    r.b3_recall = n ? s.b3r / (double)n : 0;
    r.b3_f = harmonic(r.b3_precision, r.b3_recall);
    r.purity = n > r.n_missed ? (double)s.pure / (double)(n - r.n_missed) : 0;
    free(c);
    free(people);
    *ret = r;
    return 0;
}
