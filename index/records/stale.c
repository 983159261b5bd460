/* SPDX-License-Identifier: MIT */
#include "index/records/stale.h"

#include <string.h>

#include "engine/base/endian.h"
#include "index/records/records.h"

/* Key: u16 generation, u32 face. */
enum { KEY = 6, HEAD = 4, BYTES = HEAD + FN_Q14_BYTES };

static void key_of(uint16_t generation, fn_face_id face, uint8_t out[KEY])
{
    fn_put_be16(out, generation);
    fn_put_be32(out + 2, face);
}

int fn_stale_put(struct fn_txn *t, uint16_t generation, fn_face_id face,
                 uint16_t was_generation, const int16_t was[FN_DIM], struct fn_error *err)
{
    uint8_t key[KEY], v[BYTES] = {FN_RECORD_VERSION};
    key_of(generation, face, key);
    fn_put_le16(v + 2, was_generation);
    memcpy(v + HEAD, was, FN_Q14_BYTES);
    return fn_tab_put(t, FN_T_STALE, key, sizeof key, v, sizeof v, err);
}

int fn_stale_del(struct fn_txn *t, uint16_t generation, fn_face_id face, struct fn_error *err)
{
    uint8_t key[KEY];
    key_of(generation, face, key);
    int rc = fn_tab_del(t, FN_T_STALE, key, sizeof key, err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

bool fn_stale_has(struct fn_txn *t, uint16_t generation, fn_face_id face)
{
    uint8_t key[KEY];
    struct fn_slice v;
    key_of(generation, face, key);
    return fn_tab_get(t, FN_T_STALE, key, sizeof key, &v) == 0;
}

int fn_stale_each(struct fn_txn *t, uint16_t generation,
                  int (*visit)(fn_face_id face, void *ctx), void *ctx)
{
    struct fn_cur c = {0};
    uint8_t key[KEY];
    key_of(generation, 0, key);
    int stop = 0, rc = fn_cur_open(t, FN_T_STALE, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    while (!rc && !stop && c.key.n == KEY && fn_get_be16(c.key.p) == generation) {
        stop = visit(fn_get_be32(c.key.p + 2), ctx);
        rc = stop ? 0 : fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return stop ? stop : rc == FN_ENOTFOUND ? 0 : rc;
}

static int add_one(fn_face_id face, void *ctx)
{
    (void)face;
    ++*(uint64_t *)ctx;
    return 0;
}

int fn_stale_count(struct fn_txn *t, uint16_t generation, uint64_t *ret)
{
    *ret = 0;
    return fn_stale_each(t, generation, add_one, ret);
}

static int take_first(fn_face_id face, void *ctx)
{
    *(fn_face_id *)ctx = face;
    return 1;
}

int fn_stale_clear(struct fn_txn *t, uint16_t generation, struct fn_error *err)
{
    fn_face_id face = 0;
    int rc;
    while ((rc = fn_stale_each(t, generation, take_first, &face)) == 1) {
        rc = fn_stale_del(t, generation, face, err);
        if (rc)
            return rc;
    }
    return rc;
}

int fn_stale_del_face(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    struct fn_sides s;
    fn_sides_get(t, &s);
    int rc = 0;
    if (fn_tab_count(t, FN_T_STALE) == 0)
        return 0;
    for (unsigned g = 1; !rc && g <= s.generation; g++)
        rc = fn_stale_del(t, (uint16_t)g, face, err);
    return rc;
}
