/* SPDX-License-Identifier: MIT */
/* Format 2 to 3. A face that a user confirmed stays in its cluster when its photo is gone, and
 * its rows have a new flag. In format 2 such faces had left: they become pending, and the next
 * cluster update brings them back. Gone photos are found by the places they had last. */
#include <errno.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "index/store/migrate.h"

enum { FACE_BYTES = 56, NOTFACE = 1, GONE = 4, LABEL_IS = 1, WAITING = 20, WHY_CAME = 1 };

static int mark_waiting(struct fn_txn *t, const uint8_t face[4], struct fn_error *err)
{
    uint8_t v[WAITING] = {1, WHY_CAME};
    struct fn_slice there;
    int rc = fn_tab_get(t, FN_T_WAITING, face, 4, &there);
    if (rc != FN_ENOTFOUND)
        return rc;
    fn_put_le64(v + 4, (uint64_t)fn_clock_wall_s());
    fn_put_le64(v + 12, fn_txn_id(t));
    return fn_tab_put(t, FN_T_WAITING, face, 4, v, sizeof v, err);
}

static int check_label(struct fn_txn *t, struct fn_slice key, struct fn_slice label,
                       struct fn_error *err)
{
    struct fn_slice f;
    uint8_t face[4];
    if (key.n != 4 || label.n < 2)
        return FN_ECORRUPT;
    fn_put_be32(face, fn_get_be32(key.p));
    if (!(label.p[1] & LABEL_IS))
        return 0;
    int rc = fn_tab_get(t, FN_T_FACE, face, sizeof face, &f);
    if (rc || f.n != FACE_BYTES)
        return rc && rc != FN_ENOTFOUND ? rc : FN_ECORRUPT;
    return (f.p[1] & (GONE | NOTFACE)) == GONE ? mark_waiting(t, face, err) : 0;
}

/* As index/records/tomb_places.c writes them. */
static int put_place(struct fn_txn *t, char tag, const char *part, size_t n,
                     const uint8_t photo[4], struct fn_error *err)
{
    static const uint8_t mark[2] = {1};
    uint8_t key[1 + 8 + 4] = {(uint8_t)tag};
    fn_put_be64(key + 1, fn_hash64(part, n));
    memcpy(key + 9, photo, 4);
    return fn_tab_put(t, FN_T_TOMB_PLACE, key, sizeof key, mark, sizeof mark, err);
}

static int add_place(struct fn_txn *t, const struct fn_cur *tomb, struct fn_error *err)
{
    enum { HEAD = 2, KEY = 12, PHOTO_AT = 8 };
    if (tomb->key.n != KEY || tomb->val.n < HEAD)
        return FN_ECORRUPT;
    const char *path = (const char *)tomb->val.p + HEAD;
    size_t n = tomb->val.n - HEAD, name = n;
    if (!n)
        return 0; /* removed by a program that did not store it */
    while (name && path[name - 1] != '/')
        name--;
    uint8_t photo[4];
    memcpy(photo, tomb->key.p + PHOTO_AT, sizeof photo);
    int rc = put_place(t, 'F', path, name, photo, err);
    return rc ? rc : put_place(t, 'N', path + name, n - name, photo, err);
}

static int add_places(struct fn_txn *t, struct fn_error *err)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, FN_T_TOMB, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c))
        rc = add_place(t, &c, err);
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_migrate_2_3(struct fn_txn *t, struct fn_error *err)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, FN_T_FACE_LABEL, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c))
        rc = check_label(t, c.key, c.val, err);
    fn_cur_close(&c);
    if (rc == FN_ENOTFOUND)
        rc = add_places(t, err);
    if (!rc)
        rc = fn_meta_put_u64(t, "min_reader", 3, err);
    return rc && rc != -EAGAIN
               ? fn_error_set(err, rc, "'%s': labels of format 2 cannot be converted: %s",
                              t->s->dir, fn_strerror(rc))
               : rc;
}
