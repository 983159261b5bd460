/* SPDX-License-Identifier: MIT */
#include "index/store/pending.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/store/store_priv.h"

static bool same(const struct fn_pending *a, const struct fn_pending *b)
{
    return a->kind == b->kind && a->id == b->id && !memcmp(a->name, b->name, sizeof a->name);
}

int fn_pending_add(struct fn_txn *t, unsigned list, const struct fn_pending *p,
                   struct fn_error *err)
{
    struct fn_pending_list *l = &t->pending[list];
    if (!t->write)
        return fn_error_set(err, -EACCES, "'%s': a read transaction changes nothing",
                            t->s->dir);
    if (l->n > l->at && same(&l->v[l->n - 1], p))
        return 0;
    struct fn_pending *v = fn_array_grow(l->v, &l->cap, l->n + 1, sizeof *v);
    if (!v)
        return fn_error_set(err, -ENOMEM, "out of memory");
    l->v = v;
    l->v[l->n++] = *p;
    return 0;
}

bool fn_pending_take(struct fn_txn *t, unsigned list, struct fn_pending *ret)
{
    struct fn_pending_list *l = &t->pending[list];
    if (l->at == l->n)
        return false;
    *ret = l->v[l->at++];
    if (l->at == l->n)
        l->at = l->n = 0;
    return true;
}

size_t fn_pending_count(const struct fn_txn *t)
{
    size_t n = 0;
    for (unsigned i = 0; i < FN_PENDING_LISTS; i++)
        n += t->pending[i].n - t->pending[i].at;
    return n;
}
