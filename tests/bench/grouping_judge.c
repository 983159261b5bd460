/* SPDX-License-Identifier: MIT */
/* Clusters compared with known people; see grouping_judge.h. */
#include "tests/bench/grouping_judge.h"

#include <errno.h>
#include <stdlib.h>

struct face {
    uint32_t person, group; /* clusters are numbered from 0 */
    uint64_t key;
};

static int by_key(const void *a, const void *b)
{
    const struct face *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_person(const void *a, const void *b)
{
    const struct face *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

/* Numbers the clusters, and counts those with two or more faces. Sorts f by cluster. */
static void number_groups(struct face *f, size_t n, struct grouping_verdict *v)
{
    uint32_t number = 0;
    qsort(f, n, sizeof *f, by_key);
    for (size_t i = 0, end; i < n; i = end, number++) {
        bool impure = false;
        for (end = i; end < n && f[end].key == f[i].key && (end == i || f[i].key); end++) {
            f[end].group = number;
            impure |= f[end].person != f[i].person;
        }
        v->groups += end - i > 1;
        v->impure += impure;
    }
}

static void insert(struct grouping_verdict *v, struct person_pieces p)
{
    size_t at = v->n_largest;
    while (at > 0 && v->largest[at - 1].faces < p.faces)
        at--;
    if (at == JUDGE_LARGEST)
        return;
    v->n_largest += v->n_largest < JUDGE_LARGEST;
    for (size_t i = v->n_largest - 1; i > at; i--)
        v->largest[i] = v->largest[i - 1];
    v->largest[at] = p;
}

static void measure_people(struct face *f, size_t n, struct grouping_verdict *v)
{
    qsort(f, n, sizeof *f, by_person);
    for (size_t i = 0, next; i < n; i = next) {
        struct person_pieces p = {0};
        for (next = i; next < n && f[next].person == f[i].person; p.pieces++) {
            size_t first = next;
            while (next < n && f[next].person == f[i].person && f[next].group == f[first].group)
                next++;
            p.main = next - first > p.main ? next - first : p.main;
        }
        p.faces = next - i;
        insert(v, p);
    }
}

int grouping_judge(const uint32_t *person, const uint64_t *group, const bool *use, size_t n,
                   struct grouping_verdict *ret)
{
    struct grouping_verdict v = {.groups = 0};
    struct face *f = calloc(n + 1, sizeof *f);
    uint32_t *people = calloc(n + 1, sizeof *people), *groups = calloc(n + 1, sizeof *groups);
    size_t used = 0;
    int rc = f && people && groups ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < n; i++) {
        if (!use || use[i])
            f[used++] = (struct face){person[i], 0, group[i]};
    }
    if (!rc) {
        number_groups(f, used, &v);
        measure_people(f, used, &v);
        for (size_t i = 0; i < used; i++) {
            people[i] = f[i].person;
            groups[i] = f[i].group;
        }
        rc = fn_partition_judge(people, groups, used, &v.score);
    }
    free(f);
    free(people);
    free(groups);
    *ret = v;
    return rc;
}
