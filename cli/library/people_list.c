/* SPDX-License-Identifier: MIT */
#include "cli/library/people_list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/text.h"

enum { CUT_MIN = 256 };

struct listing {
    struct fnl_people *to;
    const struct fnl_people_choice *c;
    int (*order)(const void *a, const void *b);
    bool by_name;           /* in the end; those without a name come last, in `order`: */
    struct fnl_people rest; /* by_name: people without a name */
};

/* Sorted, and no more than the limit. */
static void cut(const struct listing *k, struct fnl_people *l)
{
    uint64_t limit = k->c->limit;
    if (l->n)
        qsort(l->p, l->n, sizeof *l->p, k->order);
    l->n = limit && limit < l->n ? (size_t)limit : l->n;
}

static int add(struct fnl_people *l, const struct fn_person *p)
{
    struct fn_person *all = fn_array_grow(l->p, &l->cap, l->n + 1, sizeof *all);
    if (!all)
        return -ENOMEM;
    l->p = all;
    l->p[l->n++] = *p;
    return 0;
}

static int collect(const struct fn_person *p, void *arg)
{
    struct listing *k = arg;
    struct fnl_people *l = k->to;
    bool rest = k->by_name && !p->name[0];
    if (!k->c->all && p->hidden) {
        l->n_hidden++;
        return 0;
    }
    if ((!k->c->all || k->c->with_photos) && !p->n_faces) {
        l->n_without++;
        return 0;
    }
    if (!k->c->all && !p->name[0] && p->n_photos < k->c->min_photos) {
        l->n_small++;
        return 0;
    }
    l->n_all++;
    l = rest ? &k->rest : l;
    if ((rest || !k->by_name) && k->c->limit && l->n / 2 >= k->c->limit && l->n >= CUT_MIN)
        cut(k, l);
    return add(l, p);
}

static int by_photos(const void *a, const void *b)
{
    const struct fn_person *p = a, *q = b;
    if (p->n_photos != q->n_photos)
        return p->n_photos > q->n_photos ? -1 : 1;
    if (p->n_faces != q->n_faces)
        return p->n_faces > q->n_faces ? -1 : 1;
    return memcmp(p->id.b, q->id.b, sizeof p->id.b);
}

struct named {
    char *key; /* of the name */
    struct fn_person p;
};

static int by_key(const void *a, const void *b)
{
    const struct named *m = a, *n = b;
    int c = strcmp(m->key, n->key);
    return c ? c : by_photos(&m->p, &n->p);
}

static int sort_named(struct fnl_people *l)
{
    int rc = 0;
    struct named *all = calloc(l->n + 1, sizeof *all);
    if (!all)
        return -ENOMEM;
    for (size_t i = 0; i < l->n; i++) {
        all[i].p = l->p[i];
        if (!(all[i].key = fn_text_key(l->p[i].name)))
            rc = -ENOMEM;
    }
    if (!rc)
        qsort(all, l->n, sizeof *all, by_key);
    for (size_t i = 0; i < l->n; i++) {
        l->p[i] = all[i].p;
        free(all[i].key);
    }
    free(all);
    return rc;
}

/* Sorts by the key of the name (engine/base/text.h), people without a name last. */
static int sort_by_name(struct listing *k)
{
    struct fnl_people *l = k->to;
    int rc = sort_named(l);
    cut(k, &k->rest);
    for (size_t i = 0; !rc && i < k->rest.n && !(k->c->limit && l->n >= k->c->limit); i++)
        rc = add(l, &k->rest.p[i]);
    l->n = k->c->limit && k->c->limit < l->n ? (size_t)k->c->limit : l->n;
    return rc;
}

static int by_first(const void *a, const void *b)
{
    const struct fn_person *p = a, *q = b;
    return p->first_s != q->first_s ? (p->first_s < q->first_s ? -1 : 1) : by_photos(a, b);
}

static int by_last(const void *a, const void *b)
{
    const struct fn_person *p = a, *q = b;
    return p->last_s != q->last_s ? (p->last_s > q->last_s ? -1 : 1) : by_photos(a, b);
}

int fnl_people_list(struct fn_txn *t, const struct fnl_people_choice *c, struct fnl_people *ret,
                    struct fn_error *err)
{
    static int (*const orders[])(const void *a, const void *b) = {
        [FNL_BY_PHOTOS] = by_photos,
        [FNL_BY_NAME] = by_photos,
        [FNL_BY_FIRST] = by_first,
        [FNL_BY_LAST] = by_last,
    };
    struct listing k = {ret, c, orders[c->order], c->order == FNL_BY_NAME, {0}};
    *ret = (struct fnl_people){0};
    int rc = fn_person_each(t, collect, &k);
    rc = rc ? rc : k.by_name ? sort_by_name(&k) : 0;
    if (!k.by_name)
        cut(&k, ret);
    fnl_people_finish(&k.rest);
    if (rc) {
        fnl_people_finish(ret);
        return fn_error_set(err, rc, "people: %s", fn_strerror(rc));
    }
    return 0;
}

void fnl_people_finish(struct fnl_people *l)
{
    free(l->p);
    *l = (struct fnl_people){0};
}
