/* SPDX-License-Identifier: MIT */
/* The line of a person: counts, times and the cover, from its faces. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/people/people_priv.h"

enum { PERSON_N = 40, COVER_NEAR = 16, COVERS_MAX = 32 };

struct count {
    struct fn_person_rec r;
    uint32_t *photos;
    size_t n_photos, cap;
    struct fn_person_face covers[COVERS_MAX]; /* best quality first */
    size_t n_covers;
};

static bool better_cover(const struct fn_person_face *a, const struct fn_person_face *b)
{
    return a->quality != b->quality ? a->quality > b->quality : a->ckey < b->ckey;
}

static void offer_cover(struct count *c, const struct fn_person_face *f)
{
    size_t i = c->n_covers;
    if (i < COVERS_MAX)
        c->n_covers++;
    else if (better_cover(f, &c->covers[i - 1]))
        i--;
    else
        return;
    for (; i && better_cover(f, &c->covers[i - 1]); i--)
        c->covers[i] = c->covers[i - 1];
    c->covers[i] = *f;
}

static int count_face(const struct fn_person_face *f, void *ctx)
{
    struct count *c = ctx;
    uint32_t *v = fn_array_grow(c->photos, &c->cap, c->n_photos + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    c->photos = v;
    c->photos[c->n_photos++] = f->photo;
    c->r.n_faces++;
    c->r.n_confirmed += f->how == FN_HOW_USER;
    if (f->taken_s != INT64_MIN) {
        c->r.first_s = f->taken_s < c->r.first_s ? f->taken_s : c->r.first_s;
        c->r.last_s = f->taken_s > c->r.last_s ? f->taken_s : c->r.last_s;
    }
    offer_cover(c, f);
    return 0;
}

static int by_u32(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    return (a > b) - (a < b);
}

/* Of the faces nearly as good as the best, the one nearest to its group. */
static int choose_cover(struct fn_txn *t, struct count *c)
{
    uint32_t best_d = UINT32_MAX;
    c->r.cover = c->covers[0].face;
    for (size_t i = 0; c->n_covers > 1 && i < c->n_covers &&
                       c->covers[i].quality + COVER_NEAR >= c->covers[0].quality;
         i++) {
        struct fn_member m;
        int rc = fn_member_get(t, c->covers[i].face, &m);
        if (rc)
            return rc;
        if (m.d < best_d) {
            best_d = m.d;
            c->r.cover = c->covers[i].face;
        }
    }
    return 0;
}

static int count_rejected(struct fn_txn *t, const struct fn_person_id *p, uint32_t *ret)
{
    struct fn_person_id *ids = NULL;
    size_t n = 0;
    uint32_t total = 0;
    int rc = fn_person_class(t, p, &ids, &n);
    for (size_t i = 0; !rc && i < n; i++) {
        struct fn_said_face *faces = NULL;
        size_t n_faces = 0;
        rc = fn_said_faces(t, &ids[i], &faces, &n_faces);
        for (size_t k = 0; !rc && k < n_faces; k++) {
            struct fn_face_rec f;
            if (faces[k].how != FN_SAID_NOT)
                continue;
            rc = fn_face_get(t, faces[k].face, &f);
            total += !rc && !(f.flags & (FN_FACE_GONE | FN_FACE_NOTFACE));
            rc = rc == FN_ENOTFOUND ? 0 : rc;
        }
        free(faces);
    }
    free(ids);
    *ret = total;
    return rc;
}

int fn_person_rec_decode(struct fn_slice v, struct fn_person_rec *ret)
{
    if (v.n != PERSON_N || v.p[0] != 1)
        return FN_ECORRUPT;
    ret->n_faces = fn_get_le32(v.p + 4);
    ret->n_photos = fn_get_le32(v.p + 8);
    ret->n_confirmed = fn_get_le32(v.p + 12);
    ret->n_rejected = fn_get_le32(v.p + 16);
    ret->cover = fn_get_le32(v.p + 20);
    ret->first_s = (int64_t)fn_get_le64(v.p + 24);
    ret->last_s = (int64_t)fn_get_le64(v.p + 32);
    return 0;
}

static int put(struct fn_txn *t, const struct fn_person_id *p, const struct fn_person_rec *r,
               struct fn_error *err)
{
    uint8_t v[PERSON_N] = {1};
    fn_put_le32(v + 4, r->n_faces);
    fn_put_le32(v + 8, r->n_photos);
    fn_put_le32(v + 12, r->n_confirmed);
    fn_put_le32(v + 16, r->n_rejected);
    fn_put_le32(v + 20, r->cover);
    fn_put_le64(v + 24, (uint64_t)r->first_s);
    fn_put_le64(v + 32, (uint64_t)r->last_s);
    return fn_tab_put(t, FN_T_PERSON, p->b, FN_PERSON_BYTES, v, sizeof v, err);
}

int fn_person_recount(struct fn_txn *t, const struct fn_person_id *p, struct fn_error *err)
{
    struct count c = {.r = {.first_s = INT64_MAX, .last_s = INT64_MIN}};
    int rc = fn_person_faces_walk(t, p, count_face, &c);
    if (!rc && !c.r.n_faces) {
        rc = fn_tab_del(t, FN_T_PERSON, p->b, FN_PERSON_BYTES, err);
        rc = rc == FN_ENOTFOUND ? 0 : rc;
        goto out;
    }
    if (!rc)
        rc = choose_cover(t, &c);
    if (!rc)
        rc = count_rejected(t, p, &c.r.n_rejected);
    if (rc)
        goto out;
    qsort(c.photos, c.n_photos, sizeof *c.photos, by_u32);
    for (size_t i = 0; i < c.n_photos; i++)
        c.r.n_photos += !i || c.photos[i] != c.photos[i - 1];
    rc = put(t, p, &c.r, err);
out:
    free(c.photos);
    return rc;
}
