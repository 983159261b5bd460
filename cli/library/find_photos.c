/* SPDX-License-Identifier: MIT */
#include "cli/library/find_photos.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/targets.h"
#include "engine/base/array.h"

struct collecting {
    struct fn_txn *t;
    struct fnl_finds *to;
};

static void free_found(struct fnl_found *h)
{
    free(h->photo);
    free(h->faces);
    free(h->path);
}

static int keep(const struct fn_photo *p, const fn_face_id *faces, size_t n, void *arg)
{
    struct collecting *c = arg;
    struct fnl_finds *f = c->to;
    char path[FN_PATH_MAX];
    struct fnl_found *all = fn_array_grow(f->found, &f->cap, f->n + 1, sizeof *all);
    if (!all)
        return -ENOMEM;
    f->found = all;
    struct fnl_found *h = &f->found[f->n++];
    *h = (struct fnl_found){.n_faces = n};
    bool has = fn_path_absolute(c->t, p->id, path, sizeof path) == 0;
    h->faces = calloc(n + 1, sizeof *h->faces);
    h->photo = malloc(sizeof *h->photo);
    h->path = has ? strdup(path) : NULL;
    if (!h->faces || !h->photo || (has && !h->path))
        return -ENOMEM;
    *h->photo = *p;
    if (n)
        memcpy(h->faces, faces, n * sizeof *faces);
    return 0;
}

/* Of the same time: by path, so that the order is the same in every index of these photos. */
static int by_date(const void *a, const void *b)
{
    const struct fnl_found *p = a, *q = b;
    bool no_p = p->photo->taken_precision == 0, no_q = q->photo->taken_precision == 0;
    if (no_p != no_q)
        return no_p ? 1 : -1;
    if (!no_p && p->photo->taken_s != q->photo->taken_s)
        return p->photo->taken_s < q->photo->taken_s ? -1 : 1;
    int c = strcmp(p->path ? p->path : "", q->path ? q->path : "");
    if (c)
        return c;
    return (p->photo->id > q->photo->id) - (p->photo->id < q->photo->id);
}

static int by_newest(const void *a, const void *b)
{
    const struct fnl_found *p = a, *q = b;
    bool no_p = p->photo->taken_precision == 0, no_q = q->photo->taken_precision == 0;
    if (no_p != no_q)
        return no_p ? 1 : -1;
    return -by_date(a, b);
}

static int by_path(const void *a, const void *b)
{
    const struct fnl_found *p = a, *q = b;
    int c = strcmp(p->path ? p->path : "", q->path ? q->path : "");
    return c ? c : by_date(a, b);
}

static int by_n_faces(const void *a, const void *b)
{
    const struct fnl_found *p = a, *q = b;
    if (p->photo->n_faces != q->photo->n_faces)
        return p->photo->n_faces > q->photo->n_faces ? -1 : 1;
    return by_date(a, b);
}

static void sort(struct fnl_finds *f, enum fnl_photo_order order)
{
    static int (*const orders[])(const void *a, const void *b) = {
        [FNL_BY_DATE] = by_date,
        [FNL_BY_NEWEST] = by_newest,
        [FNL_BY_PATH] = by_path,
        [FNL_BY_N_FACES] = by_n_faces,
    };
    if (f->n)
        qsort(f->found, f->n, sizeof *f->found, orders[order]);
}

int fnl_find_photos(struct fn_library *lib, const char *query, enum fnl_photo_order order,
                    uint64_t limit, struct fnl_finds *ret, size_t *ret_column,
                    struct fn_error *err)
{
    struct collecting c = {fnl_txn(lib), ret};
    *ret = (struct fnl_finds){0};
    int rc = fnl_query(lib, query, keep, &c, ret_column, err);
    if (rc) {
        fnl_finds_finish(ret);
        return rc;
    }
    sort(ret, order);
    ret->total = ret->n;
    while (limit && ret->n > limit)
        free_found(&ret->found[--ret->n]);
    return 0;
}

void fnl_finds_finish(struct fnl_finds *f)
{
    for (size_t i = 0; i < f->n; i++)
        free_found(&f->found[i]);
    free(f->found);
    *f = (struct fnl_finds){0};
}

/* ---- people ---- */

struct counts {
    struct fnl_person_count *p;
    size_t n, cap;
};

static int by_count(const void *a, const void *b)
{
    const struct fnl_person_count *p = a, *q = b;
    return p->n != q->n ? (p->n > q->n ? -1 : 1)
                        : memcmp(p->who.id.b, q->who.id.b, sizeof p->who.id.b);
}

/* Returns NULL when out of memory. */
static struct fnl_person_count *count_of(struct counts *c, const struct fnl_match *who)
{
    for (size_t i = 0; i < c->n; i++)
        if (fnl_person_eq(&c->p[i].who.id, &who->id))
            return &c->p[i];
    struct fnl_person_count *all = fn_array_grow(c->p, &c->cap, c->n + 1, sizeof *all);
    if (!all)
        return NULL;
    c->p = all;
    c->p[c->n] = (struct fnl_person_count){.who = *who};
    return &c->p[c->n++];
}

static int count_photo(struct fn_txn *t, struct counts *c, const struct fnl_found *h,
                       size_t number, struct fn_error *err)
{
    for (size_t i = 0; i < h->n_faces; i++) {
        struct fnl_fact fact;
        if (fnl_fact_get(t, h->faces[i], &fact, NULL) || !fact.person.is)
            continue;
        struct fnl_person_count *one = count_of(c, &fact.person);
        if (!one)
            return fn_error_set(err, -ENOMEM, "out of memory");
        one->n += one->last != number;
        one->last = number;
    }
    return 0;
}

int fnl_find_people(struct fn_txn *t, const struct fnl_finds *f, struct fnl_person_count **ret,
                    size_t *ret_n, struct fn_error *err)
{
    struct counts c = {0};
    int rc = 0;
    for (size_t i = 0; !rc && i < f->n; i++)
        rc = count_photo(t, &c, &f->found[i], i + 1, err);
    if (rc) {
        free(c.p);
        return rc;
    }
    if (c.n)
        qsort(c.p, c.n, sizeof *c.p, by_count);
    *ret = c.p;
    *ret_n = c.n;
    return 0;
}
