/* SPDX-License-Identifier: MIT */
#include "cli/library/people_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/text.h"

struct choice {
    struct fnl_people *to;
    uint64_t min_photos;
    bool all;
};

static int collect(const struct fn_person *p, void *arg)
{
    struct choice *c = arg;
    struct fnl_people *l = c->to;
    if (!c->all && p->hidden) {
        l->n_hidden++;
        return 0;
    }
    if (!c->all && !p->n_faces) {
        l->n_without++;
        return 0;
    }
    if (!c->all && !p->name[0] && p->n_photos < c->min_photos) {
        l->n_small++;
        return 0;
    }
    struct fn_person *all = fn_array_grow(l->p, &l->cap, l->n + 1, sizeof *all);
    if (!all)
        return -ENOMEM;
    l->p = all;
    l->p[l->n++] = *p;
    return 0;
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
    char *key; /* of the name; NULL: none */
    struct fn_person p;
};

static int by_key(const void *a, const void *b)
{
    const struct named *m = a, *n = b;
    if (!m->key != !n->key)
        return m->key ? -1 : 1;
    int c = m->key ? strcmp(m->key, n->key) : 0;
    return c ? c : by_photos(&m->p, &n->p);
}

/* Sorts by the key of the name (engine/base/text.h), unnamed people last. */
static int sort_by_name(struct fnl_people *l)
{
    int rc = 0;
    struct named *all = calloc(l->n + 1, sizeof *all);
    if (!all)
        return -ENOMEM;
    for (size_t i = 0; i < l->n; i++) {
        all[i].p = l->p[i];
        if (l->p[i].name[0] && !(all[i].key = fn_text_key(l->p[i].name)))
            rc = -ENOMEM;
    }
    qsort(all, l->n, sizeof *all, by_key);
    for (size_t i = 0; i < l->n; i++) {
        l->p[i] = all[i].p;
        free(all[i].key);
    }
    free(all);
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

int fnl_people_list(struct fn_txn *t, bool all, uint64_t min_photos,
                    enum fnl_people_order order, struct fnl_people *ret, struct fn_error *err)
{
    static int (*const orders[])(const void *a, const void *b) = {
        [FNL_BY_PHOTOS] = by_photos,
        [FNL_BY_FIRST] = by_first,
        [FNL_BY_LAST] = by_last,
    };
    struct choice c = {ret, min_photos, all};
    *ret = (struct fnl_people){0};
    int rc = fn_person_each(t, collect, &c);
    if (!rc && order == FNL_BY_NAME)
        rc = sort_by_name(ret);
    else if (!rc && ret->n)
        qsort(ret->p, ret->n, sizeof *ret->p, orders[order]);
    if (rc) {
        fnl_people_finish(ret);
        return fn_error_set(err, rc, "people: %s", fn_strerror(rc));
    }
    return 0;
}

void fnl_people_with_photos(struct fnl_people *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (l->p[i].n_faces)
            l->p[n++] = l->p[i];
    l->n_without += l->n - n;
    l->n = n;
}

void fnl_people_finish(struct fnl_people *l)
{
    free(l->p);
    *l = (struct fnl_people){0};
}
