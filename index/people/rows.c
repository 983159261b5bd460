/* SPDX-License-Identifier: MIT */
/* Rows of the tables of people <-> bytes (docs/format-labels.md). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/people/people_priv.h"

enum {
    MEMBER_N = 12,
    MEMBER_OWN_N = MEMBER_N + FN_PERSON_BYTES,
    MEMBER_OWN = 1,
    GROUP_N = 8 + FN_PERSON_BYTES,
    ROW_N = 24,
    ROW_POOR = 1,
    ROW_OWN = 2,
    ROW_GONE = 4,
    ROW_FLAGS = ROW_POOR | ROW_OWN | ROW_GONE,
    GROUP_FACE_KEY = 12,
    PERSON_FACE_KEY = FN_PERSON_BYTES + 4,
    PERSON_GROUP_KEY = FN_PERSON_BYTES + 8
};

static int del(struct fn_txn *t, enum fn_table table, const void *key, size_t n,
               struct fn_error *err)
{
    int rc = fn_tab_del(t, table, key, n, err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* ---- member ---- */

int fn_member_rec_get(struct fn_txn *t, fn_face_id face, struct fn_member_rec *ret)
{
    uint8_t key[4];
    struct fn_slice v;
    fn_put_be32(key, face);
    int rc = fn_tab_get(t, FN_T_MEMBER, key, sizeof key, &v);
    if (rc)
        return rc;
    if (v.n < MEMBER_N || v.p[0] != 1 || v.p[1] & ~MEMBER_OWN ||
        v.n != (v.p[1] & MEMBER_OWN ? (size_t)MEMBER_OWN_N : (size_t)MEMBER_N))
        return FN_ECORRUPT;
    *ret = (struct fn_member_rec){
        .group = fn_get_le64(v.p + 4), .how = v.p[2], .own = v.p[1] & MEMBER_OWN};
    if (ret->own)
        memcpy(ret->person.b, v.p + MEMBER_N, FN_PERSON_BYTES);
    return 0;
}

int fn_member_rec_put(struct fn_txn *t, fn_face_id face, const struct fn_member_rec *m,
                      struct fn_error *err)
{
    uint8_t key[4], v[MEMBER_OWN_N] = {1, m->own ? MEMBER_OWN : 0, m->how};
    fn_put_be32(key, face);
    fn_put_le64(v + 4, m->group);
    memcpy(v + MEMBER_N, m->person.b, FN_PERSON_BYTES);
    return fn_tab_put(t, FN_T_MEMBER, key, sizeof key, v, m->own ? MEMBER_OWN_N : MEMBER_N,
                      err);
}

int fn_member_rec_del(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    uint8_t key[4];
    fn_put_be32(key, face);
    return del(t, FN_T_MEMBER, key, sizeof key, err);
}

/* ---- group, person_groups ---- */

int fn_group_rec_get(struct fn_txn *t, uint64_t group, struct fn_group_rec *ret)
{
    uint8_t key[8];
    struct fn_slice v;
    fn_put_be64(key, group);
    int rc = fn_tab_get(t, FN_T_GROUP, key, sizeof key, &v);
    if (rc)
        return rc;
    if (v.n != GROUP_N || v.p[0] != 1)
        return FN_ECORRUPT;
    ret->n = fn_get_le32(v.p + 4);
    memcpy(ret->person.b, v.p + 8, FN_PERSON_BYTES);
    return 0;
}

static void person_group_key(uint8_t key[PERSON_GROUP_KEY], const struct fn_person_id *p,
                             uint64_t group)
{
    memcpy(key, p->b, FN_PERSON_BYTES);
    fn_put_be64(key + FN_PERSON_BYTES, group);
}

int fn_group_rec_put(struct fn_txn *t, uint64_t group, const struct fn_group_rec *was,
                     const struct fn_group_rec *now, struct fn_error *err)
{
    uint8_t key[8], mark[PERSON_GROUP_KEY], v[GROUP_N] = {1};
    const uint8_t one[2] = {1};
    bool other = !was || !now->n || !fn_person_eq(&was->person, &now->person);
    int rc = 0;
    fn_put_be64(key, group);
    if (was && other) {
        person_group_key(mark, &was->person, group);
        rc = del(t, FN_T_PERSON_GROUPS, mark, sizeof mark, err);
    }
    if (rc || !now->n)
        return rc ? rc : del(t, FN_T_GROUP, key, sizeof key, err);
    if (other) {
        person_group_key(mark, &now->person, group);
        rc = fn_tab_put(t, FN_T_PERSON_GROUPS, mark, sizeof mark, one, sizeof one, err);
    }
    if (rc || (!other && was->n == now->n))
        return rc;
    fn_put_le32(v + 4, now->n);
    memcpy(v + 8, now->person.b, FN_PERSON_BYTES);
    return fn_tab_put(t, FN_T_GROUP, key, sizeof key, v, sizeof v, err);
}

int fn_person_groups_get(struct fn_txn *t, const struct fn_person_id *p, uint64_t **ret,
                         size_t *ret_n)
{
    struct fn_cur c = {0};
    uint64_t *v = NULL;
    size_t n = 0, cap = 0;
    int rc = fn_cur_open(t, FN_T_PERSON_GROUPS, &c);
    if (!rc)
        rc = fn_cur_seek(&c, p->b, FN_PERSON_BYTES);
    for (; !rc && c.key.n == PERSON_GROUP_KEY && !memcmp(c.key.p, p->b, FN_PERSON_BYTES);
         rc = fn_cur_next(&c)) {
        uint64_t *w = fn_array_grow(v, &cap, n + 1, sizeof *w);
        if (!w) {
            rc = -ENOMEM;
            break;
        }
        v = w;
        v[n++] = fn_get_be64(c.key.p + FN_PERSON_BYTES);
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND) {
        free(v);
        return rc;
    }
    *ret = v;
    *ret_n = n;
    return 0;
}

/* ---- group_faces, person_faces ---- */

static void encode_row(const struct fn_person_face *f, bool own, uint8_t v[ROW_N])
{
    memset(v, 0, ROW_N);
    v[0] = 1;
    v[1] = f->how;
    v[2] = f->quality;
    v[3] = (uint8_t)((f->poor ? ROW_POOR : 0) | (own ? ROW_OWN : 0) | (f->gone ? ROW_GONE : 0));
    fn_put_le32(v + 4, f->photo);
    fn_put_le64(v + 8, (uint64_t)f->taken_s);
    fn_put_le64(v + 16, f->ckey);
}

static int decode_row(fn_face_id face, struct fn_slice v, struct fn_face_row *ret)
{
    if (v.n != ROW_N || v.p[0] != 1 || v.p[3] & ~ROW_FLAGS)
        return FN_ECORRUPT;
    *ret = (struct fn_face_row){.f = {.face = face,
                                      .how = v.p[1],
                                      .quality = v.p[2],
                                      .poor = v.p[3] & ROW_POOR,
                                      .gone = v.p[3] & ROW_GONE,
                                      .photo = fn_get_le32(v.p + 4),
                                      .taken_s = (int64_t)fn_get_le64(v.p + 8),
                                      .ckey = fn_get_le64(v.p + 16)},
                                .own = v.p[3] & ROW_OWN};
    return 0;
}

static void group_face_key(uint8_t key[GROUP_FACE_KEY], uint64_t group, fn_face_id face)
{
    fn_put_be64(key, group);
    fn_put_be32(key + 8, face);
}

int fn_group_face_get(struct fn_txn *t, uint64_t group, fn_face_id face,
                      struct fn_face_row *ret)
{
    uint8_t key[GROUP_FACE_KEY];
    struct fn_slice v;
    group_face_key(key, group, face);
    int rc = fn_tab_get(t, FN_T_GROUP_FACES, key, sizeof key, &v);
    return rc ? rc : decode_row(face, v, ret);
}

int fn_group_face_put(struct fn_txn *t, uint64_t group, const struct fn_face_row *r,
                      struct fn_error *err)
{
    uint8_t key[GROUP_FACE_KEY], v[ROW_N];
    group_face_key(key, group, r->f.face);
    encode_row(&r->f, r->own, v);
    return fn_tab_put(t, FN_T_GROUP_FACES, key, sizeof key, v, sizeof v, err);
}

int fn_group_face_del(struct fn_txn *t, uint64_t group, fn_face_id face, struct fn_error *err)
{
    uint8_t key[GROUP_FACE_KEY];
    group_face_key(key, group, face);
    return del(t, FN_T_GROUP_FACES, key, sizeof key, err);
}

int fn_group_faces_walk(struct fn_txn *t, uint64_t group,
                        int (*visit)(const struct fn_face_row *r, void *ctx), void *ctx)
{
    struct fn_cur c = {0};
    uint8_t key[GROUP_FACE_KEY];
    group_face_key(key, group, 0);
    int stop = 0, rc = fn_cur_open(t, FN_T_GROUP_FACES, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    for (; !rc && !stop && c.key.n == sizeof key && !memcmp(c.key.p, key, 8);
         rc = stop ? 0 : fn_cur_next(&c)) {
        struct fn_face_row r;
        rc = decode_row(fn_get_be32(c.key.p + 8), c.val, &r);
        if (rc)
            break;
        stop = visit(&r, ctx);
    }
    fn_cur_close(&c);
    return stop ? stop : rc == FN_ENOTFOUND ? 0 : rc;
}

static void person_face_key(uint8_t key[PERSON_FACE_KEY], const struct fn_person_id *p,
                            fn_face_id face)
{
    memcpy(key, p->b, FN_PERSON_BYTES);
    fn_put_be32(key + FN_PERSON_BYTES, face);
}

int fn_person_face_put(struct fn_txn *t, const struct fn_person_id *p,
                       const struct fn_person_face *f, struct fn_error *err)
{
    uint8_t key[PERSON_FACE_KEY], v[ROW_N];
    person_face_key(key, p, f->face);
    encode_row(f, true, v);
    return fn_tab_put(t, FN_T_PERSON_FACES, key, sizeof key, v, sizeof v, err);
}

int fn_person_face_del(struct fn_txn *t, const struct fn_person_id *p, fn_face_id face,
                       struct fn_error *err)
{
    uint8_t key[PERSON_FACE_KEY];
    person_face_key(key, p, face);
    return del(t, FN_T_PERSON_FACES, key, sizeof key, err);
}

int fn_own_faces_walk(struct fn_txn *t, const struct fn_person_id *p,
                      fn_person_face_visit *visit, void *ctx)
{
    struct fn_cur c = {0};
    int stop = 0, rc = fn_cur_open(t, FN_T_PERSON_FACES, &c);
    if (!rc)
        rc = fn_cur_seek(&c, p->b, FN_PERSON_BYTES);
    for (;
         !rc && !stop && c.key.n == PERSON_FACE_KEY && !memcmp(c.key.p, p->b, FN_PERSON_BYTES);
         rc = stop ? 0 : fn_cur_next(&c)) {
        struct fn_face_row r;
        rc = decode_row(fn_get_be32(c.key.p + FN_PERSON_BYTES), c.val, &r);
        if (rc)
            break;
        stop = visit(&r.f, ctx);
    }
    fn_cur_close(&c);
    return stop ? stop : rc == FN_ENOTFOUND ? 0 : rc;
}
