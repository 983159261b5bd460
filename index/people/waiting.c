/* SPDX-License-Identifier: MIT */
/* Faces that grouping has not seen as they are now. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "index/people/people_priv.h"

enum { N = 20 };

static int decode(struct fn_slice key, struct fn_slice v, struct fn_waiting *ret)
{
    if (key.n != 4 || v.n != N || v.p[0] != 1)
        return FN_ECORRUPT;
    *ret = (struct fn_waiting){.face = fn_get_be32(key.p),
                               .why = v.p[1],
                               .since_s = (int64_t)fn_get_le64(v.p + 4),
                               .seq = fn_get_le64(v.p + 12)};
    return 0;
}

static int get(struct fn_txn *t, fn_face_id face, struct fn_waiting *ret)
{
    uint8_t key[4];
    struct fn_slice v;
    fn_put_be32(key, face);
    int rc = fn_tab_get(t, FN_T_WAITING, key, sizeof key, &v);
    return rc ? rc : decode((struct fn_slice){key, sizeof key}, v, ret);
}

int fn_waiting_mark(struct fn_txn *t, fn_face_id face, enum fn_why why, struct fn_error *err)
{
    struct fn_waiting w = {.since_s = fn_clock_wall_s()};
    uint8_t key[4], v[N] = {1};
    int rc = get(t, face, &w);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    fn_put_be32(key, face);
    v[1] = (uint8_t)(w.why | why);
    fn_put_le64(v + 4, (uint64_t)w.since_s);
    fn_put_le64(v + 12, fn_txn_id(t));
    return fn_tab_put(t, FN_T_WAITING, key, sizeof key, v, sizeof v, err);
}

int fn_waiting_clear(struct fn_txn *t, const struct fn_waiting *w, struct fn_error *err)
{
    struct fn_waiting now;
    uint8_t key[4];
    int rc = get(t, w->face, &now);
    if (rc || now.seq != w->seq)
        return rc == FN_ENOTFOUND ? 0 : rc;
    fn_put_be32(key, w->face);
    return fn_tab_del(t, FN_T_WAITING, key, sizeof key, err);
}

int fn_waiting_take(struct fn_txn *t, size_t max, struct fn_waiting **ret, size_t *ret_n)
{
    struct fn_cur c = {0};
    struct fn_waiting *v = NULL;
    size_t n = 0, cap = 0;
    int rc = fn_cur_open(t, FN_T_WAITING, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc && n < max; rc = rc ? rc : fn_cur_next(&c)) {
        struct fn_waiting w;
        rc = decode(c.key, c.val, &w);
        if (!rc) {
            struct fn_waiting *more = fn_array_grow(v, &cap, n + 1, sizeof *v);
            v = more ? more : v;
            rc = more ? 0 : -ENOMEM;
        }
        if (!rc)
            v[n++] = w;
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

int fn_waiting_since(struct fn_txn *t, int64_t *ret)
{
    struct fn_cur c = {0};
    int64_t since = 0;
    int rc = fn_cur_open(t, FN_T_WAITING, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c)) {
        struct fn_waiting w;
        rc = decode(c.key, c.val, &w);
        if (!rc && (!since || w.since_s < since))
            since = w.since_s;
    }
    fn_cur_close(&c);
    if (rc != FN_ENOTFOUND)
        return rc;
    *ret = since;
    return 0;
}
