/* The result in tables: who each face is, the faces of each person with what its line in a list needs, sums of groups. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/people/people_priv.h"
#include "index/people/people_store.h"

__extension__ typedef __int128 i128;

enum {
    MEMBER_N = 28,
    FACE_KEY = FN_PERSON_BYTES + 4,
    FACE_N = 24,
    PERSON_N = 40,
    SUM_N = 16 + 8 * FN_DIM
};
enum { COVER_NEAR = 16, COVERS_MAX = 32 };

size_t fn_people_key(uint8_t out[FN_PEOPLE_KEY_MAX], enum fn_people_tag tag, const void *bytes,
                     size_t n, fn_face_id face)
{
    out[0] = (uint8_t)tag;
    memcpy(out + 1, bytes, n);
    fn_put_be32(out + 1 + n, face);
    return 1 + n + 4;
}

int fn_people_index_faces(struct fn_txn *t, enum fn_people_tag tag, const void *bytes, size_t n,
                          fn_face_id **ret, size_t *ret_n)
{
    uint8_t key[FN_PEOPLE_KEY_MAX];
    size_t prefix = fn_people_key(key, tag, bytes, n, 0) - 4, k = 0, size = 0;
    fn_face_id *v = NULL;
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, FN_T_PEOPLE_INDEX, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, prefix);
    for (; !rc && c.key.n == prefix + 4 && !memcmp(c.key.p, key, prefix);
         rc = fn_cur_next(&c)) {
        if (k == size) {
            fn_face_id *w = realloc(v, (size = size ? size * 2 : 16) * sizeof *w);
            if (!w) {
                rc = -ENOMEM;
                break;
            }
            v = w;
        }
        v[k++] = fn_get_be32(c.key.p + prefix);
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND) {
        free(v);
        return rc;
    }
    *ret = v;
    *ret_n = k;
    return 0;
}

/* ---- sums of groups ---- */

static size_t sum_key(uint8_t key[FN_PEOPLE_KEY_MAX], uint64_t group)
{
    key[0] = FN_PX_SUM;
    fn_put_be64(key + 1, group);
    return 9;
}

int fn_group_sum_get(struct fn_txn *t, uint64_t group, struct fn_group_sum *ret)
{
    uint8_t key[FN_PEOPLE_KEY_MAX];
    struct fn_slice v;
    int rc = fn_tab_get(t, FN_T_PEOPLE_INDEX, key, sum_key(key, group), &v);
    if (rc)
        return rc;
    if (v.n != SUM_N || v.p[0] != 1)
        return FN_ECORRUPT;
    ret->n = fn_get_le32(v.p + 4);
    ret->square = fn_get_le64(v.p + 8);
    for (size_t k = 0; k < FN_DIM; k++)
        ret->sum[k] = (int64_t)fn_get_le64(v.p + 16 + 8 * k);
    return 0;
}

int fn_group_sum_put(struct fn_txn *t, uint64_t group, const struct fn_group_sum *g,
                     struct fn_error *err)
{
    uint8_t key[FN_PEOPLE_KEY_MAX], v[SUM_N] = {1};
    struct fn_slice old;
    if (g->n < 2) {
        int rc = fn_tab_del(t, FN_T_PEOPLE_INDEX, key, sum_key(key, group), err);
        return rc == FN_ENOTFOUND ? 0 : rc;
    }
    fn_put_le32(v + 4, g->n);
    fn_put_le64(v + 8, g->square);
    for (size_t k = 0; k < FN_DIM; k++)
        fn_put_le64(v + 16 + 8 * k, (uint64_t)g->sum[k]);
    if (!fn_tab_get(t, FN_T_PEOPLE_INDEX, key, sum_key(key, group), &old) &&
        old.n == sizeof v && !memcmp(old.p, v, sizeof v))
        return 0;
    return fn_tab_put(t, FN_T_PEOPLE_INDEX, key, sum_key(key, group), v, sizeof v, err);
}

uint32_t fn_group_mean(const struct fn_group_sum *g, const int16_t x[FN_DIM], bool in_group)
{
    int64_t dot = 0, square = 0;
    uint32_t n = g->n - in_group;
    if (!n)
        return 0;
    for (size_t k = 0; k < FN_DIM; k++) {
        dot += g->sum[k] * x[k];
        square += (int64_t)x[k] * x[k];
    }
    /* The distance of x to itself is zero, so that it may stay in the sum. */
    i128 total = (i128)g->n * square + (i128)g->square - 2 * (i128)dot;
    return (uint32_t)(total / n);
}

/* ---- members ---- */

int fn_member_rec_get(struct fn_txn *t, fn_face_id face, struct fn_member_rec *ret)
{
    uint8_t key[4];
    struct fn_slice v;
    fn_put_be32(key, face);
    int rc = fn_tab_get(t, FN_T_MEMBER, key, sizeof key, &v);
    if (rc)
        return rc;
    if (v.n != MEMBER_N || v.p[0] != 1)
        return FN_ECORRUPT;
    ret->how = v.p[2];
    memcpy(ret->person.b, v.p + 4, FN_PERSON_BYTES);
    ret->group = fn_get_le64(v.p + 20);
    return 0;
}

static void face_key(uint8_t key[FACE_KEY], const struct fn_person_id *p, fn_face_id face)
{
    memcpy(key, p->b, FN_PERSON_BYTES);
    fn_put_be32(key + FN_PERSON_BYTES, face);
}

int fn_member_del(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    struct fn_member_rec m;
    uint8_t key[4], pkey[FACE_KEY], gkey[FN_PEOPLE_KEY_MAX], be[8];
    int rc = fn_member_rec_get(t, face, &m);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    fn_put_be32(key, face);
    face_key(pkey, &m.person, face);
    fn_put_be64(be, m.group);
    rc = fn_tab_del(t, FN_T_MEMBER, key, sizeof key, err);
    if (!rc)
        rc = fn_tab_del(t, FN_T_PERSON_FACES, pkey, sizeof pkey, err);
    if (!rc || rc == FN_ENOTFOUND)
        rc = fn_tab_del(t, FN_T_PEOPLE_INDEX, gkey,
                        fn_people_key(gkey, FN_PX_GROUP, be, 8, face), err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_member_put(struct fn_txn *t, fn_face_id face, const struct fn_part *part,
                  const struct fn_member_rec *m, struct fn_error *err)
{
    uint8_t key[4], pkey[FACE_KEY], gkey[FN_PEOPLE_KEY_MAX], be[8], one = 1;
    uint8_t v[MEMBER_N] = {1}, f[FACE_N] = {1, m->how, part->quality};
    struct fn_photo photo;
    int rc = fn_member_del(t, face, err);
    if (!rc)
        rc = fn_photo_get(t, part->photo, &photo);
    if (rc)
        return rc;
    v[2] = m->how;
    memcpy(v + 4, m->person.b, FN_PERSON_BYTES);
    fn_put_le64(v + 20, m->group);
    fn_put_be32(key, face);
    face_key(pkey, &m->person, face);
    fn_put_le32(f + 4, part->photo);
    fn_put_le64(f + 8, photo.taken_precision ? (uint64_t)photo.taken_s : (uint64_t)INT64_MIN);
    fn_put_le64(f + 16, part->ckey);
    fn_put_be64(be, m->group);
    rc = fn_tab_put(t, FN_T_MEMBER, key, sizeof key, v, sizeof v, err);
    if (!rc)
        rc = fn_tab_put(t, FN_T_PERSON_FACES, pkey, sizeof pkey, f, sizeof f, err);
    if (!rc)
        rc = fn_tab_put(t, FN_T_PEOPLE_INDEX, gkey,
                        fn_people_key(gkey, FN_PX_GROUP, be, 8, face), &one, 1, err);
    return rc;
}

/* ---- persons ---- */

int fn_person_faces_walk(struct fn_txn *t, const struct fn_person_id *p,
                         fn_person_face_visit *visit, void *ctx)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, FN_T_PERSON_FACES, &c), stop = 0;
    if (!rc)
        rc = fn_cur_seek(&c, p->b, FN_PERSON_BYTES);
    for (; !rc && !stop && c.key.n == FACE_KEY && !memcmp(c.key.p, p->b, FN_PERSON_BYTES);
         rc = stop ? 0 : fn_cur_next(&c)) {
        if (c.val.n != FACE_N || c.val.p[0] != 1) {
            rc = FN_ECORRUPT;
            break;
        }
        struct fn_person_face f = {.face = fn_get_be32(c.key.p + FN_PERSON_BYTES),
                                   .how = c.val.p[1],
                                   .quality = c.val.p[2],
                                   .photo = fn_get_le32(c.val.p + 4),
                                   .taken_s = (int64_t)fn_get_le64(c.val.p + 8),
                                   .ckey = fn_get_le64(c.val.p + 16)};
        stop = visit(&f, ctx);
    }
    fn_cur_close(&c);
    return stop ? stop : rc == FN_ENOTFOUND ? 0 : rc;
}

struct count {
    struct fn_person_rec r;
    uint32_t *photos;
    size_t n_photos, size;
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
    if (c->n_photos == c->size) {
        size_t size = c->size ? c->size * 2 : 64;
        uint32_t *v = realloc(c->photos, size * sizeof *v);
        if (!v)
            return -ENOMEM;
        c->photos = v;
        c->size = size;
    }
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
    for (size_t i = 0;
         i < c->n_covers && c->covers[i].quality + COVER_NEAR >= c->covers[0].quality; i++) {
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
    size_t n = 0, n_faces = 0;
    uint32_t total = 0;
    int rc = fn_person_class(t, p, &ids, &n);
    for (size_t i = 0; !rc && i < n; i++) {
        struct fn_said_face *faces = NULL;
        rc = fn_said_faces(t, &ids[i], &faces, &n_faces);
        for (size_t k = 0; !rc && k < n_faces; k++) {
            struct fn_part part;
            if (faces[k].how != FN_SAID_NOT)
                continue;
            rc = fn_part_get(t, faces[k].face, &part);
            total += !rc && part.kind != FN_PART_NONE;
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

int fn_person_rec_put(struct fn_txn *t, const struct fn_person_id *p,
                      const struct fn_person_rec *r, struct fn_error *err)
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
    rc = fn_person_rec_put(t, p, &c.r, err);
out:
    free(c.photos);
    return rc;
}
