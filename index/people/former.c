/* SPDX-License-Identifier: MIT */
/* Ids that no person has any more. An id that was printed once is valid permanently
 * (docs/decisions/ids.md). There are two kinds.
 *
 * The id of an unnamed person is a hash of the key of one of its faces. Nothing is stored for
 * it: it belongs to the person that this face has now. If the face has left its cluster,
 * because its photo is gone or it is not a face, the table `former` has another face of that
 * cluster.
 *
 * A permanent id is random, and is in the log, whether or not the act is in effect. It belongs
 * to the person that most of its faces have now. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/people/former.h"

enum { VALUE = 16, SOME = 64, PERSON_KEY = 1 + FN_PERSON_BYTES + 8 };

/* ---- the table ---- */

struct other {
    fn_face_id left;
    uint64_t ckey; /* 0: none */
    unsigned n;
};

static int take_other(struct other *o, const struct fn_person_face *f, bool fits)
{
    if (f->face != o->left && (fits || !o->ckey))
        o->ckey = f->ckey;
    return (o->ckey && fits && f->face != o->left) || ++o->n == SOME;
}

static int other_of_group(const struct fn_face_row *r, void *ctx)
{
    return take_other(ctx, &r->f, !r->own && !r->f.gone);
}

static int other_of_person(const struct fn_person_face *f, void *ctx)
{
    return take_other(ctx, f, !f->gone);
}

/* A face that is another person than its cluster stands for that person alone. */
int fn_former_put(struct fn_txn *t, fn_face_id face, uint64_t ckey,
                  const struct fn_member_rec *m, struct fn_error *err)
{
    struct other o = {.left = face};
    uint8_t key[8], v[VALUE] = {1};
    int rc = m->own ? fn_own_faces_walk(t, &m->person, other_of_person, &o)
                    : fn_group_faces_walk(t, m->group, other_of_group, &o);
    if (rc < 0)
        return rc;
    fn_put_be64(key, ckey);
    fn_put_le64(v + 8, o.ckey);
    return fn_tab_put(t, FN_T_FORMER, key, sizeof key, v, sizeof v, err);
}

static int former_get(struct fn_txn *t, uint64_t ckey, uint64_t *ret)
{
    uint8_t key[8];
    struct fn_slice v;
    fn_put_be64(key, ckey);
    int rc = fn_tab_get(t, FN_T_FORMER, key, sizeof key, &v);
    if (rc)
        return rc;
    if (v.n != VALUE || v.p[0] != 1)
        return FN_ECORRUPT;
    *ret = fn_get_le64(v.p + 8);
    return 0;
}

static int face_of_ckey(struct fn_txn *t, uint64_t ckey, fn_face_id *ret)
{
    struct fn_cur c = {0};
    uint8_t key[8];
    fn_put_be64(key, ckey);
    int rc = fn_cur_open(t, FN_T_FACE_CKEY, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    if (!rc && (c.key.n != 12 || fn_get_be64(c.key.p) != ckey))
        rc = FN_ENOTFOUND;
    if (!rc)
        *ret = fn_get_be32(c.key.p + 8);
    fn_cur_close(&c);
    return rc;
}

/* The person of a face, or of those that were with it. An entry names a face that was a member
 * when it was written, and is written again when that one leaves, so there is no cycle. */
static int person_of(struct fn_txn *t, uint64_t ckey, struct fn_person_id *ret)
{
    for (uint64_t left = fn_tab_count(t, FN_T_FORMER) + 1; ckey && left; left--) {
        struct fn_member m;
        fn_face_id face;
        int rc = face_of_ckey(t, ckey, &face);
        if (!rc)
            rc = fn_member_who(t, face, &m);
        if (!rc)
            *ret = m.person;
        if (rc != FN_ENOTFOUND)
            return rc;
        rc = former_get(t, ckey, &ckey);
        if (rc)
            return rc;
    }
    return FN_ENOTFOUND;
}

/* ---- ids of unnamed people ---- */

static int add_known(struct fn_former *f, const struct fn_person_id *id)
{
    f->known = true;
    f->id = *id;
    return 0;
}

static int add_person(struct fn_former *f, const struct fn_person_id *id,
                      const struct fn_person_id *now)
{
    add_known(f, id);
    for (size_t i = 0; i < f->n; i++)
        if (fn_person_eq(&f->now[i], now))
            return 0;
    if (f->n < FN_FORMER_MAX)
        f->now[f->n++] = *now;
    return 0;
}

static bool matches(const struct fn_former *f, const struct fn_person_id *id)
{
    return fn_person_has_bits(id->b, &f->prefix, f->bits);
}

/* Whether the id can have been that of a person because of this face. */
static bool is_derived(const struct fn_former *f, uint64_t ckey, struct fn_person_id *ret)
{
    const uint64_t keys[] = {ckey, fn_grouping_apart(ckey)};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (f->rare)
            fn_person_apart(keys[i], 0, ret);
        else
            fn_unnamed_person(keys[i], ret);
        if (matches(f, ret))
            return true;
    }
    return false;
}

static int consider(struct fn_former *f, uint64_t ckey)
{
    struct fn_person_id id, now;
    if (!is_derived(f, ckey, &id))
        return 0;
    int rc = person_of(f->t, ckey, &now);
    if (rc)
        return rc == FN_ENOTFOUND ? add_known(f, &id) : rc;
    return add_person(f, &id, &now);
}

/* The keys of a table begin with those of faces. */
static int consider_all(struct fn_former *f, enum fn_table table)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(f->t, table, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c))
        rc = c.key.n < 8 ? FN_ECORRUPT : consider(f, fn_get_be64(c.key.p));
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int find_derived(struct fn_former *f)
{
    int rc = 0;
    int passes = fn_tab_count(f->t, FN_T_FACE_LABEL) ? 2 : 1;
    for (int pass = 0; !rc && !f->known && pass < passes; pass++) {
        f->rare = pass;
        rc = consider_all(f, FN_T_FACE_CKEY);
        if (!rc && !f->n)
            rc = consider_all(f, FN_T_FORMER);
    }
    return rc;
}

/* ---- ids in the log ---- */

struct vote {
    struct fn_person_id who;
    uint32_t n;
};

struct votes {
    struct fn_txn *t;
    const struct fn_assertion *a;
    struct vote v[SOME];
    size_t n, n_faces;
};

static int vote(struct votes *v, uint64_t ckey)
{
    struct fn_person_id who;
    size_t i = 0;
    int rc = person_of(v->t, ckey, &who);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    while (i < v->n && !fn_person_eq(&v->v[i].who, &who))
        i++;
    if (i == v->n)
        v->v[v->n++] = (struct vote){.who = who};
    v->v[i].n++;
    return ++v->n_faces == SOME;
}

static bool refers_to(const struct fn_assertion *a, const struct fn_face_key *k)
{
    struct fn_face_ref r = fn_face_ref_of(k);
    for (size_t i = 0; i < a->n_faces; i++)
        if (!memcmp(a->faces[i].b, r.b, sizeof r.b))
            return true;
    return false;
}

static int vote_of_photo(const struct fn_h128 *photo, void *ctx)
{
    struct votes *v = ctx;
    struct fn_face_rec *faces = NULL;
    fn_photo_id id;
    size_t n = 0;
    int rc = fn_photo_by_hash(v->t, photo, &id);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = fn_faces_of_photo_all(v->t, id, &faces, &n, NULL);
    for (size_t i = 0; !rc && i < n; i++) {
        struct fn_face_key k = {.photo = *photo};
        memcpy(k.box, faces[i].box, sizeof k.box);
        rc = refers_to(v->a, &k) ? vote(v, faces[i].ckey) : 0;
    }
    free(faces);
    return rc;
}

static int vote_of_assertion(struct votes *v, const struct fn_assertion *a)
{
    struct fn_face_rec f;
    fn_face_id face;
    v->a = a;
    if (a->kind == FN_ASSERT_GROUP)
        return fn_group_each_photo(v->t, a, vote_of_photo, v);
    if (a->kind != FN_ASSERT_IS && a->kind != FN_ASSERT_MEMBER)
        return 0;
    int rc = fn_face_by_key(v->t, &a->face, &face);
    if (rc == FN_ENOTFOUND)
        return vote(v, fn_face_ckey(&a->face));
    rc = rc ? rc : fn_face_get(v->t, face, &f);
    return rc ? rc : vote(v, f.ckey);
}

/* All assertions about one id: the person that most of their faces have. */
static int find_logged_id(struct fn_former *f, const struct fn_person_id *id)
{
    struct votes *v = calloc(1, sizeof *v);
    struct fn_assert_walk w;
    size_t best = 0;
    int rc = v ? fn_assert_walk_open(f->t, FN_BY_PERSON, id->b, sizeof id->b, &w) : -ENOMEM;
    if (rc) {
        free(v);
        return rc;
    }
    v->t = f->t;
    while (!rc && v->n_faces < SOME && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        rc = fn_assert_get(f->t, w.seq, &a);
        if (!rc)
            rc = vote_of_assertion(v, &a);
    }
    fn_assert_walk_close(&w);
    for (size_t i = 1; i < v->n; i++)
        best = v->v[i].n > v->v[best].n ? i : best;
    if (rc < 0 && rc != FN_ENOTFOUND)
        best = 0;
    else
        rc = v->n ? add_person(f, id, &v->v[best].who) : add_known(f, id);
    free(v);
    return rc;
}

/* The first id after `after` (NULL: any) with the prefix, of those in the log. */
static int next_logged_id(const struct fn_former *f, const struct fn_person_id *after,
                          struct fn_person_id *ret)
{
    struct fn_cur c = {0};
    uint8_t key[PERSON_KEY];
    size_t n = 1 + f->bits / 8 + (f->bits % 8 != 0);
    memset(key, 0xff, sizeof key);
    key[0] = FN_BY_PERSON;
    memcpy(key + 1, after ? after->b : f->prefix.b, FN_PERSON_BYTES);
    int rc = fn_cur_open(f->t, FN_T_ASSERT_INDEX, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, after ? sizeof key : n);
    if (!rc && (c.key.n != PERSON_KEY || c.key.p[0] != FN_BY_PERSON ||
                !fn_person_has_bits(c.key.p + 1, &f->prefix, f->bits)))
        rc = FN_ENOTFOUND;
    if (!rc)
        memcpy(ret->b, c.key.p + 1, FN_PERSON_BYTES);
    fn_cur_close(&c);
    return rc;
}

static int find_logged(struct fn_former *f)
{
    struct fn_person_id id;
    bool any = false;
    int rc = 0;
    while (!rc && !(rc = next_logged_id(f, any ? &id : NULL, &id))) {
        any = true;
        rc = find_logged_id(f, &id);
    }
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_former_find(struct fn_txn *t, const struct fn_person_id *prefix, unsigned bits,
                   struct fn_former *ret)
{
    *ret = (struct fn_former){.t = t, .prefix = *prefix, .bits = bits};
    int rc = find_logged(ret);
    return rc || ret->known ? rc : find_derived(ret);
}
