/* SPDX-License-Identifier: MIT */
#include "cli/page/plan_faces.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/base/array.h"

struct walk {
    struct fnp_refs *to;
    uint32_t person;
};

static int add_ref(const struct fn_person_face *f, void *arg)
{
    struct walk *w = arg;
    struct fnp_refs *l = w->to;
    struct fnp_ref *r = fn_array_grow(l->r, &l->cap, l->n + 1, sizeof *r);
    if (!r)
        return -ENOMEM;
    l->r = r;
    l->r[l->n++] = (struct fnp_ref){.taken_s = f->taken_s,
                                    .ckey = f->ckey,
                                    .photo = f->photo,
                                    .face = f->face,
                                    .person = w->person,
                                    .quality = f->quality};
    return 0;
}

static int by_quality(const void *a, const void *b)
{
    const struct fnp_ref *p = a, *q = b;
    if (p->quality != q->quality)
        return p->quality > q->quality ? -1 : 1;
    return (p->ckey > q->ckey) - (p->ckey < q->ckey);
}

int fnp_refs_add(struct fn_txn *t, const struct fn_person *p, uint32_t person,
                 struct fnp_refs *l)
{
    struct walk w = {l, person};
    size_t first = l->n;
    bool has_cover = false;
    int rc = fn_person_faces_walk(t, &p->id, add_ref, &w);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    struct fnp_ref *r = l->r + first;
    size_t n = l->n - first;
    if (n)
        qsort(r, n, sizeof *r, by_quality);
    for (size_t i = 0; i < n; i++)
        has_cover |= r[i].face == p->cover;
    for (size_t i = 0, left = FNP_FACES_MAX - has_cover; i < n; i++) {
        bool cover = r[i].face == p->cover;
        r[i].shown = cover || left;
        left -= !cover && left;
    }
    return 0;
}

static int by_photo(const void *a, const void *b)
{
    const struct fnp_ref *p = a, *q = b;
    if (p->photo != q->photo)
        return p->photo < q->photo ? -1 : 1;
    if (p->person != q->person)
        return p->person < q->person ? -1 : 1;
    return (p->face > q->face) - (p->face < q->face);
}

void fnp_refs_by_photo(struct fnp_refs *l)
{
    if (l->n)
        qsort(l->r, l->n, sizeof *l->r, by_photo);
}

size_t fnp_refs_of_photo(const struct fnp_refs *l, size_t at)
{
    size_t n = 0;
    while (at + n < l->n && l->r[at + n].photo == l->r[at].photo)
        n++;
    return n;
}

void fnp_refs_finish(struct fnp_refs *l)
{
    free(l->r);
    *l = (struct fnp_refs){0};
}
