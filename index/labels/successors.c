/* SPDX-License-Identifier: MIT */
/* What became of a photo, and of a face, by edits: the log followed forward. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/labels/labels_priv.h"

enum { SUCCESSORS_MAX = 256 };

struct photos {
    struct fn_h128 *v;
    size_t n, cap;
};

static int add_photo(struct photos *p, const struct fn_h128 *h)
{
    for (size_t i = 0; i < p->n; i++)
        if (fn_h128_eq(&p->v[i], h))
            return 0;
    if (p->n == SUCCESSORS_MAX)
        return 0;
    struct fn_h128 *v = fn_array_grow(p->v, &p->cap, p->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    p->v = v;
    p->v[p->n++] = *h;
    return 0;
}

/* Visits the edits of a photo, in effect or not. */
static int each_edit(struct fn_txn *t, const struct fn_h128 *photo,
                     int (*visit)(const struct fn_assertion *a, void *ctx), void *ctx)
{
    struct fn_assert_walk w;
    int rc = fn_assert_walk_open(t, FN_BY_PHOTO, photo->b, sizeof photo->b, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        if (!fn_assert_is_edit(w.kind))
            continue;
        rc = fn_assert_get(t, w.seq, &a);
        if (!rc)
            rc = visit(&a, ctx);
    }
    fn_assert_walk_close(&w);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int take_photo(const struct fn_assertion *a, void *ctx)
{
    return add_photo(ctx, &a->object_photo);
}

int fn_photo_successors(struct fn_txn *t, const struct fn_h128 *photo, struct fn_h128 **ret,
                        size_t *ret_n)
{
    struct photos p = {0};
    int rc = add_photo(&p, photo);
    for (size_t i = 0; !rc && i < p.n; i++) {
        struct fn_h128 at = p.v[i];
        rc = each_edit(t, &at, take_photo, &p);
    }
    if (rc) {
        free(p.v);
        return rc;
    }
    *ret = p.v;
    *ret_n = p.n;
    return 0;
}

struct faces {
    struct fn_txn *t;
    struct fn_face_key *v;
    size_t n, cap, at;
};

static int add_face(struct faces *f, const struct fn_face_key *key)
{
    for (size_t i = 0; i < f->n; i++)
        if (fn_h128_eq(&f->v[i].photo, &key->photo) &&
            !memcmp(f->v[i].box, key->box, sizeof key->box))
            return 0;
    if (f->n == SUCCESSORS_MAX)
        return 0;
    struct fn_face_key *v = fn_array_grow(f->v, &f->cap, f->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    f->v = v;
    f->v[f->n++] = *key;
    return 0;
}

bool fn_face_keys_same(struct fn_txn *t, const struct fn_face_key *a,
                       const struct fn_face_key *b)
{
    fn_face_id x, y;
    if (!memcmp(a->box, b->box, sizeof a->box))
        return true;
    if (!fn_face_by_key(t, a, &x) && !fn_face_by_key(t, b, &y))
        return x == y;
    return fn_stored_box_iou(a->box, b->box) >= FN_SAME_BOX_IOU;
}

static int take_face(const struct fn_assertion *a, void *ctx)
{
    struct faces *f = ctx;
    struct fn_face_key now = {.photo = a->object_photo};
    const struct fn_face_key at = f->v[f->at];
    if (!fn_supposed_in_force(f->t, a->act, (struct fn_suppose){0}))
        return 0;
    if (a->kind == FN_ASSERT_SAME && !fn_face_keys_same(f->t, &a->face, &at))
        return 0;
    memcpy(now.box, a->kind == FN_ASSERT_SAME ? a->object_box : at.box, sizeof now.box);
    return add_face(f, &now);
}

int fn_face_successors(struct fn_txn *t, const struct fn_face_key *face,
                       struct fn_face_key **ret, size_t *ret_n)
{
    struct faces f = {.t = t};
    int rc = add_face(&f, face);
    for (f.at = 0; !rc && f.at < f.n; f.at++) {
        struct fn_h128 photo = f.v[f.at].photo;
        rc = each_edit(t, &photo, take_face, &f);
    }
    if (rc) {
        free(f.v);
        return rc;
    }
    *ret = f.v;
    *ret_n = f.n;
    return 0;
}
