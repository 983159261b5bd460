/* SPDX-License-Identifier: MIT */
#include "index/people/index_counts.h"

#include "index/people/people.h"

struct count {
    struct fn_index_counts *c;
    uint64_t min_photos;
};

static int add_person(const struct fn_person *p, void *ctx)
{
    const struct count *k = ctx;
    k->c->named += p->name[0] != '\0';
    k->c->unnamed += !p->name[0] && !p->hidden && p->n_photos >= k->min_photos;
    return 0;
}

int fn_index_counts(struct fn_txn *t, uint64_t min_photos, struct fn_index_counts *ret)
{
    struct count k = {ret, min_photos};
    *ret = (struct fn_index_counts){.named = 0};
    int rc = fn_counts_get(t, &ret->of);
    return rc ? rc : fn_person_each(t, add_person, &k);
}
