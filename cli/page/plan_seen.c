/* SPDX-License-Identifier: MIT */
/* Who is in the same photos. Each photo with two people is a pair in both directions; equal
 * pairs are counted after sorting. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/page/plan_faces.h"
#include "engine/base/array.h"

/* A photo of a crowd has too many pairs to be of use. */
enum { CROWD = 40 };

struct pair {
    uint32_t a, b;
};
struct pairs {
    struct pair *p;
    size_t n, cap;
};

static int by_people(const void *a, const void *b)
{
    const struct pair *p = a, *q = b;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

static int add_pair(struct pairs *l, uint32_t a, uint32_t b)
{
    struct pair *p = fn_array_grow(l->p, &l->cap, l->n + 1, sizeof *p);
    if (!p)
        return -ENOMEM;
    l->p = p;
    l->p[l->n++] = (struct pair){a, b};
    return 0;
}

/* r: the n faces of a photo, sorted by person. */
static int pairs_of_photo(const struct fnp_ref *r, size_t n, struct pairs *l)
{
    uint32_t who[CROWD];
    size_t k = 0;
    int rc = 0;
    for (size_t i = 0; i < n && k < CROWD; i++)
        if (!k || who[k - 1] != r[i].person)
            who[k++] = r[i].person;
    for (size_t i = 0; !rc && i < k; i++)
        for (size_t j = 0; !rc && j < k; j++)
            rc = i == j ? 0 : add_pair(l, who[i], who[j]);
    return rc;
}

/* Inserts into the list of a person, most photos first; in the order of people where equal. */
static void insert(struct fnp_person *p, struct fnp_seen s)
{
    uint32_t at = p->n_seen;
    while (at && p->seen[at - 1].n_photos < s.n_photos)
        at--;
    if (at == FNP_SEEN_MAX)
        return;
    p->n_seen += p->n_seen < FNP_SEEN_MAX;
    memmove(&p->seen[at + 1], &p->seen[at], (p->n_seen - at - 1) * sizeof *p->seen);
    p->seen[at] = s;
}

int fnp_count_seen(const struct fnp_refs *l, struct fnp_person *people)
{
    struct pairs pairs = {0};
    int rc = 0;
    for (size_t i = 0, n; !rc && i < l->n; i += n) {
        n = fnp_refs_of_photo(l, i);
        rc = pairs_of_photo(l->r + i, n, &pairs);
    }
    if (!rc && pairs.n)
        qsort(pairs.p, pairs.n, sizeof *pairs.p, by_people);
    for (size_t i = 0, k; !rc && i < pairs.n; i = k) {
        for (k = i + 1; k < pairs.n && !by_people(&pairs.p[i], &pairs.p[k]);)
            k++;
        insert(&people[pairs.p[i].a], (struct fnp_seen){pairs.p[i].b, (uint32_t)(k - i)});
    }
    free(pairs.p);
    return rc;
}
