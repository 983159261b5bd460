/* SPDX-License-Identifier: MIT */
/* The log itself: reading; appending one assertion with the index entries that find it; which
 * acts are in effect. */
#include <errno.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/labels/labels_priv.h"

int fn_assert_get(struct fn_txn *t, uint64_t seq, struct fn_assertion *ret)
{
    uint8_t key[8];
    struct fn_slice v;
    fn_put_be64(key, seq);
    int rc = fn_tab_get(t, FN_T_ASSERT, key, sizeof key, &v);
    return rc ? rc : fn_assertion_decode(seq, v, ret);
}

uint64_t fn_assert_count(struct fn_txn *t)
{
    struct fn_cur c = {0};
    uint64_t seq = 0;
    if (!fn_cur_open(t, FN_T_ASSERT, &c) && !fn_cur_last(&c) && c.key.n == 8)
        seq = fn_get_be64(c.key.p);
    fn_cur_close(&c);
    return seq;
}

int fn_assert_each(struct fn_txn *t, uint64_t from_seq,
                   int (*visit)(const struct fn_assertion *a, void *ctx), void *ctx)
{
    struct fn_cur c = {0};
    uint8_t key[8];
    fn_put_be64(key, from_seq);
    int rc = fn_cur_open(t, FN_T_ASSERT, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    while (!rc) {
        struct fn_assertion a;
        rc = c.key.n == 8 ? fn_assertion_decode(fn_get_be64(c.key.p), c.val, &a) : FN_ECORRUPT;
        if (!rc)
            rc = visit(&a, ctx);
        if (!rc)
            rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_assert_walk_open(struct fn_txn *t, enum fn_assert_tag tag, const void *key, size_t key_n,
                        struct fn_assert_walk *ret)
{
    struct fn_assert_walk w = {.prefix_n = 1 + key_n};
    w.prefix[0] = (uint8_t)tag;
    memcpy(w.prefix + 1, key, key_n);
    int rc = fn_cur_open(t, FN_T_ASSERT_INDEX, &w.cur);
    *ret = w;
    return rc;
}

int fn_assert_walk_next(struct fn_assert_walk *w)
{
    int rc = w->started ? fn_cur_next(&w->cur) : fn_cur_seek(&w->cur, w->prefix, w->prefix_n);
    w->started = true;
    if (rc)
        return rc;
    if (w->cur.key.n != w->prefix_n + 8 || memcmp(w->cur.key.p, w->prefix, w->prefix_n))
        return FN_ENOTFOUND;
    if (w->cur.val.n != 2 || w->cur.val.p[0] != 1)
        return FN_ECORRUPT;
    w->seq = fn_get_be64(w->cur.key.p + w->prefix_n);
    w->kind = w->cur.val.p[1];
    return 0;
}

void fn_assert_walk_close(struct fn_assert_walk *w)
{
    fn_cur_close(&w->cur);
}

int fn_person_first_seq(struct fn_txn *t, const struct fn_person_id *p, uint64_t *ret)
{
    struct fn_assert_walk w;
    int rc = fn_assert_walk_open(t, FN_BY_PERSON, p->b, sizeof p->b, &w);
    if (!rc)
        rc = fn_assert_walk_next(&w);
    if (!rc)
        *ret = w.seq;
    fn_assert_walk_close(&w);
    return rc;
}

static int index_put(struct fn_txn *t, const struct fn_assertion *a, enum fn_assert_tag tag,
                     const void *key, size_t key_n, struct fn_error *err)
{
    uint8_t k[FN_ASSERT_KEY_MAX], v[2] = {1, a->kind};
    k[0] = (uint8_t)tag;
    memcpy(k + 1, key, key_n);
    fn_put_be64(k + 1 + key_n, a->seq);
    return fn_tab_put(t, FN_T_ASSERT_INDEX, k, 1 + key_n + 8, v, sizeof v, err);
}

static bool has_person(uint8_t kind)
{
    return kind == FN_ASSERT_IS || kind == FN_ASSERT_NOT || kind == FN_ASSERT_MEMBER ||
           kind == FN_ASSERT_GROUP || kind == FN_ASSERT_NAME || kind == FN_ASSERT_HIDE ||
           kind == FN_ASSERT_UNHIDE || kind == FN_ASSERT_MERGE;
}

static int index_assertion(struct fn_txn *t, const struct fn_assertion *a, struct fn_error *err)
{
    uint8_t n[8];
    int rc;
    fn_put_be64(n, fn_assertion_content(a));
    rc = index_put(t, a, FN_BY_CONTENT, n, 8, err);
    if (!rc && (fn_assert_is_face_kind(a->kind) || fn_assert_is_edit(a->kind)))
        rc = index_put(t, a, FN_BY_PHOTO, a->face.photo.b, 16, err);
    if (!rc && fn_assert_is_edit(a->kind))
        rc = index_put(t, a, FN_BY_NEW, a->object_photo.b, 16, err);
    if (!rc && has_person(a->kind))
        rc = index_put(t, a, FN_BY_PERSON, a->person.b, 16, err);
    if (!rc && a->kind == FN_ASSERT_MERGE && !fn_person_eq(&a->person, &a->object))
        rc = index_put(t, a, FN_BY_PERSON, a->object.b, 16, err);
    if (!rc && (a->kind == FN_ASSERT_MERGE || a->kind == FN_ASSERT_GROUP))
        rc = index_put(t, a, FN_BY_KIND, &a->kind, 1, err);
    fn_put_be64(n, a->undo_of);
    if (!rc && a->kind == FN_ASSERT_UNDO)
        rc = index_put(t, a, FN_BY_UNDONE, n, 8, err);
    return rc;
}

int fn_assert_write(struct fn_txn *t, struct fn_assertion *a, struct fn_error *err)
{
    struct fn_buf b;
    uint8_t key[8];
    if (a->kind == FN_ASSERT_GROUP)
        fn_group_forget(t);
    a->seq = fn_assert_count(t) + 1;
    if (!a->act)
        a->act = a->seq;
    fn_buf_init(&b, FN_ASSERT_BYTES_MAX);
    fn_assertion_encode(a, &b);
    fn_put_be64(key, a->seq);
    int rc = fn_buf_failed(&b)
                 ? fn_error_set(err, -ENOMEM, "out of memory")
                 : fn_tab_put(t, FN_T_ASSERT, key, sizeof key, b.data, b.len, err);
    fn_buf_finish(&b);
    return rc ? rc : index_assertion(t, a, err);
}

static bool in_force(struct fn_txn *t, uint64_t act, struct fn_suppose s, unsigned depth)
{
    struct fn_assert_walk w;
    uint8_t key[8];
    bool undone = false;
    if (s.act && act == s.act)
        return s.in_force;
    fn_put_be64(key, act);
    int rc = fn_assert_walk_open(t, FN_BY_UNDONE, key, sizeof key, &w);
    while (!rc && !undone && !fn_assert_walk_next(&w))
        undone = w.seq > act && depth < FN_UNDO_DEPTH_MAX && in_force(t, w.seq, s, depth + 1);
    fn_assert_walk_close(&w);
    return !undone;
}

bool fn_supposed_in_force(struct fn_txn *t, uint64_t act, struct fn_suppose s)
{
    return in_force(t, act, s, 0);
}

bool fn_act_in_force(struct fn_txn *t, uint64_t act)
{
    struct fn_assertion a;
    return !fn_assert_get(t, act, &a) && a.act == act &&
           in_force(t, act, (struct fn_suppose){0}, 0);
}

int fn_act_target(struct fn_txn *t, uint64_t act, uint64_t *ret, unsigned *ret_depth)
{
    struct fn_assertion a;
    unsigned depth = 0;
    for (;; depth++) {
        int rc = fn_assert_get(t, act, &a);
        if (rc)
            return rc;
        if (a.act != act)
            return FN_ENOTFOUND;
        if (a.kind != FN_ASSERT_UNDO)
            break;
        if (a.undo_of >= act)
            return FN_ECORRUPT;
        act = a.undo_of;
    }
    *ret = act;
    *ret_depth = depth;
    return 0;
}

/* The user does not want to undo acts of the program itself; and a model is changed back by a
 * switch (index/generations/generations.h). */
static bool is_automatic(const struct fn_assertion *a)
{
    return a->kind == FN_ASSERT_SET ||
           (fn_assert_is_edit(a->kind) && !strcmp(a->author, FN_AUTHOR_SELF));
}

int fn_assert_last(struct fn_txn *t, bool undone, uint64_t *ret_act)
{
    for (uint64_t seq = fn_assert_count(t); seq;) {
        struct fn_assertion a;
        uint64_t target;
        unsigned depth;
        int rc = fn_assert_get(t, seq, &a);
        if (!rc)
            rc = fn_act_target(t, a.act, &target, &depth);
        if (rc)
            return rc;
        /* An undo of an undo is a redo: it is taken back by undo, not by redo. */
        bool wanted = undone ? depth % 2 == 1 : depth == 0 && !is_automatic(&a);
        if (wanted && fn_act_in_force(t, a.act)) {
            *ret_act = a.act;
            return 0;
        }
        seq = a.act - 1;
    }
    return FN_ENOTFOUND;
}
