/* SPDX-License-Identifier: MIT */
/* Photos: known by the hash of their content; gone when no path has them any more; deleted when
 * the grace time is over.
 *
 * When a photo is gone or returns, its state and the flags of its faces change, and labels and
 * people follow (record_changes.h). `tomb` lists gone photos by time, so that expiry reads only
 * these.
 */
#include "engine/base/paths.h"
#include "index/records/photos.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "engine/base/hex.h"
#include "index/records/counts.h"
#include "index/records/record_changes.h"
#include "index/records/records.h"
#include "index/records/rows.h"

int fn_photo_get(struct fn_txn *t, fn_photo_id id, struct fn_photo *ret)
{
    uint8_t key[4];
    fn_put_be32(key, id);
    struct fn_slice v;
    int rc = fn_tab_get(t, FN_T_PHOTO, key, sizeof key, &v);
    return rc ? rc : fn_photo_decode((struct fn_slice){key, sizeof key}, v, ret);
}

int fn_photo_newest(struct fn_txn *t, fn_photo_id *ret)
{
    struct fn_cur c;
    int rc = fn_cur_open(t, FN_T_PHOTO, &c);
    if (!rc)
        rc = fn_cur_last(&c);
    if (!rc && c.key.n != 4)
        rc = FN_ECORRUPT;
    if (!rc)
        *ret = fn_get_be32(c.key.p);
    fn_cur_close(&c);
    return rc;
}

int fn_photo_by_hash(struct fn_txn *t, const struct fn_h128 *hash, fn_photo_id *ret)
{
    struct fn_slice v;
    int rc = fn_tab_get(t, FN_T_PHOTO_HASH, hash->b, sizeof hash->b, &v);
    return rc ? rc : fn_ref_decode(v, ret);
}

static void pixel_key(const struct fn_h128 *pixels, fn_photo_id id, uint8_t out[20])
{
    memcpy(out, pixels->b, 16);
    fn_put_be32(out + 16, id);
}

int fn_photo_each_of_pixels(struct fn_txn *t, const struct fn_h128 *key,
                            int (*visit)(fn_photo_id photo, void *ctx), void *ctx)
{
    struct fn_cur c;
    uint8_t k[20];
    if (fn_h128_is_zero(key))
        return 0;
    pixel_key(key, 0, k);
    int stop = 0, rc = fn_cur_open(t, FN_T_PHOTO_PIXEL, &c);
    if (!rc)
        rc = fn_cur_seek(&c, k, sizeof k);
    while (!rc && !stop) {
        if (c.key.n != sizeof k)
            rc = FN_ECORRUPT;
        else if (memcmp(c.key.p, k, 16) != 0)
            break;
        else
            stop = visit(fn_get_be32(c.key.p + 16), ctx);
        if (!rc && !stop)
            rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return stop ? stop : rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_photo_each(struct fn_txn *t, int (*visit)(const struct fn_photo *p, void *ctx),
                  void *ctx)
{
    struct fn_cur c;
    int stop = 0, rc = fn_cur_open(t, FN_T_PHOTO, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    while (!rc && !stop) {
        struct fn_photo p;
        rc = fn_photo_decode(c.key, c.val, &p);
        if (rc)
            break;
        stop = visit(&p, ctx);
        rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    if (stop)
        return stop;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static bool starts_with(const uint8_t *hash, const char *hex)
{
    for (size_t i = 0; hex[i]; i++)
        if (((hash[i / 2] >> (i % 2 ? 0 : 4)) & 15) != fn_hex_value(hex[i]))
            return false;
    return true;
}

int fn_photo_by_prefix(struct fn_txn *t, const char *hex, fn_photo_id *ret, size_t max,
                       size_t *ret_n)
{
    uint8_t low[16] = {0};
    size_t n = 0, i;
    for (i = 0; hex[i]; i++) {
        int d = fn_hex_value(hex[i]);
        if (d < 0 || i == 32)
            return FN_EUSAGE;
        low[i / 2] = (uint8_t)(low[i / 2] | d << (i % 2 ? 0 : 4));
    }
    if (i == 0)
        return FN_EUSAGE;
    struct fn_cur c;
    int rc = fn_cur_open(t, FN_T_PHOTO_HASH, &c);
    if (!rc)
        rc = fn_cur_seek(&c, low, sizeof low);
    for (; !rc && n < max; rc = fn_cur_next(&c)) {
        if (c.key.n != 16) {
            rc = FN_ECORRUPT;
            break;
        }
        if (!starts_with(c.key.p, hex))
            break;
        rc = fn_ref_decode(c.val, &ret[n]);
        if (rc)
            break;
        n++;
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    *ret_n = n;
    return 0;
}

int fn_photo_update(struct fn_txn *t, const struct fn_photo *p, struct fn_error *err)
{
    uint8_t key[4], v[FN_PHOTO_BYTES];
    struct fn_photo old;
    int had = fn_photo_get(t, p->id, &old);
    if (had && had != FN_ENOTFOUND)
        return fn_error_set(err, had, "photo %u: %s", p->id, fn_strerror(had));
    fn_put_be32(key, p->id);
    int rc = fn_tab_put(t, FN_T_PHOTO, key, sizeof key, v, fn_photo_encode(p, v), err);
    return rc ? rc : fn_counts_photo(t, had ? NULL : &old, p, err);
}

static int put_pixel_key(struct fn_txn *t, const struct fn_photo *p, struct fn_error *err)
{
    uint8_t k[20];
    if (fn_h128_is_zero(&p->pixel_key))
        return 0;
    pixel_key(&p->pixel_key, p->id, k);
    return fn_tab_put(t, FN_T_PHOTO_PIXEL, k, sizeof k, fn_mark, sizeof fn_mark, err);
}

int fn_photo_replace(struct fn_txn *t, const struct fn_photo *p, struct fn_error *err)
{
    struct fn_photo old;
    uint8_t k[20];
    int rc = fn_photo_get(t, p->id, &old);
    if (rc)
        return fn_error_set(err, rc, "photo %u: %s", p->id, fn_strerror(rc));
    pixel_key(&old.pixel_key, old.id, k);
    if (!fn_h128_is_zero(&old.pixel_key))
        rc = fn_tab_del(t, FN_T_PHOTO_PIXEL, k, sizeof k, err);
    if (rc == FN_ENOTFOUND)
        rc = fn_error_set(err, FN_ECORRUPT, "photo %u lacks an index entry; run 'fnq doctor'",
                          p->id);
    if (!rc)
        rc = put_pixel_key(t, p, err);
    return rc ? rc : fn_photo_update(t, p, err);
}

int fn_photo_insert(struct fn_txn *t, struct fn_photo *p, struct fn_error *err)
{
    uint64_t id;
    int rc = fn_next_id(t, "next.photo", UINT32_MAX - 1, &id, err);
    if (rc)
        return rc;
    p->id = (fn_photo_id)id;
    rc = fn_photo_update(t, p, err);
    uint8_t ref[FN_REF_BYTES];
    fn_ref_encode(p->id, ref);
    if (!rc)
        rc = fn_tab_put(t, FN_T_PHOTO_HASH, p->hash.b, sizeof p->hash.b, ref, sizeof ref, err);
    return rc ? rc : put_pixel_key(t, p, err);
}

static void tomb_key(int64_t gone_s, fn_photo_id id, uint8_t out[12])
{
    fn_put_be64(out, (uint64_t)gone_s);
    fn_put_be32(out + 8, id);
}

bool fn_photo_has_path(struct fn_txn *t, fn_photo_id id)
{
    struct fn_cur c;
    uint8_t key[4];
    fn_put_be32(key, id);
    int rc = fn_cur_open(t, FN_T_PATH_PHOTO, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    bool yes = !rc && c.key.n >= 4 && memcmp(c.key.p, key, 4) == 0;
    fn_cur_close(&c);
    return yes;
}

/* Sets or clears GONE on the photo's faces. Labels made while they were gone take effect when
 * they return. */
static int mark_faces(struct fn_txn *t, fn_photo_id id, bool gone, struct fn_error *err)
{
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    int rc = fn_faces_of_photo_all(t, id, &faces, &n, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = fn_face_set_flags(t, faces[i].id, gone ? FN_FACE_GONE : 0, gone ? 0 : FN_FACE_GONE,
                               err);
    if (!rc && n && !gone)
        rc = fn_change_add(t, FN_FOLLOW_LABELS, FN_CHANGE_FACES, id, err);
    free(faces);
    return rc;
}

/* The tomb: a mark, and the absolute path that the photo had last. */
static int put_tomb(struct fn_txn *t, const uint8_t key[12], const char *last,
                    struct fn_error *err)
{
    enum { HEAD = sizeof fn_mark };
    uint8_t v[HEAD + 2 * FN_PATH_MAX];
    size_t n = strnlen(last, sizeof v - HEAD);
    memcpy(v, fn_mark, HEAD);
    memcpy(v + HEAD, last, n);
    return fn_tab_put(t, FN_T_TOMB, key, 12, v, HEAD + n, err);
}

int fn_photo_last_path(struct fn_txn *t, const struct fn_photo *p, char *out, size_t size)
{
    struct fn_slice v;
    uint8_t key[12];
    tomb_key(p->gone_s, p->id, key);
    int rc = fn_tab_get(t, FN_T_TOMB, key, sizeof key, &v);
    if (rc)
        return rc;
    if (v.n < sizeof fn_mark)
        return FN_ECORRUPT;
    size_t n = v.n - sizeof fn_mark;
    if (!n)
        return FN_ENOTFOUND;
    if (n >= size)
        return -ENAMETOOLONG;
    memcpy(out, v.p + sizeof fn_mark, n);
    out[n] = '\0';
    return 0;
}

int fn_photo_each_gone(struct fn_txn *t, int (*visit)(const struct fn_photo *p, void *ctx),
                       void *ctx)
{
    struct fn_cur c;
    int stop = 0, rc = fn_cur_open(t, FN_T_TOMB, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    while (!rc && !stop) {
        struct fn_photo p;
        rc = c.key.n == 12 ? fn_photo_get(t, fn_get_be32(c.key.p + 8), &p) : FN_ECORRUPT;
        if (rc)
            rc = FN_ECORRUPT;
        else
            stop = visit(&p, ctx);
        if (!rc && !stop)
            rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return stop ? stop : rc == FN_ENOTFOUND ? 0 : rc;
}

static int drop_place(struct fn_txn *t, const struct fn_photo *p, struct fn_error *err)
{
    char last[FN_PLACE_MAX];
    int rc = fn_photo_last_path(t, p, last, sizeof last);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    return fn_tomb_place_del(t, p->id, last, err);
}

int fn_photo_lost_path(struct fn_txn *t, fn_photo_id id, const char *last, struct fn_error *err)
{
    struct fn_photo p;
    int rc = fn_photo_get(t, id, &p);
    if (rc)
        return fn_error_set(err, rc == FN_ENOTFOUND ? FN_ECORRUPT : rc,
                            "a path of photo %u which is not in the index", id);
    if (p.state == FN_PHOTO_GONE || fn_photo_has_path(t, id))
        return 0;
    p.was_bad = p.state == FN_PHOTO_BAD;
    p.state = FN_PHOTO_GONE;
    p.gone_s = fn_clock_wall_s();
    if (p.gone_s < 0)
        p.gone_s = 0; /* a clock before 1970 must not reverse the order of the tombs */
    rc = fn_photo_update(t, &p, err);
    uint8_t key[12];
    tomb_key(p.gone_s, id, key);
    if (!rc)
        rc = put_tomb(t, key, last, err);
    if (!rc)
        rc = fn_tomb_place_put(t, id, last, err);
    if (!rc)
        rc = fn_change_add(t, FN_FOLLOW_EDITS, FN_CHANGE_LEFT, id, err);
    return rc ? rc : mark_faces(t, id, true, err);
}

int fn_photo_got_path(struct fn_txn *t, fn_photo_id id, struct fn_error *err)
{
    struct fn_photo p;
    int rc = fn_photo_get(t, id, &p);
    if (rc)
        return fn_error_set(err, rc, "photo %u: %s", id, fn_strerror(rc));
    if (p.state != FN_PHOTO_GONE)
        return 0;
    uint8_t key[12];
    tomb_key(p.gone_s, id, key);
    rc = drop_place(t, &p, err);
    if (!rc)
        rc = fn_tab_del(t, FN_T_TOMB, key, sizeof key, err);
    if (rc == FN_ENOTFOUND)
        rc = fn_error_set(err, FN_ECORRUPT,
                          "gone photo %u is not among the gone; run 'fnq doctor'", id);
    p.state = p.was_bad ? FN_PHOTO_BAD : FN_PHOTO_OK;
    p.was_bad = false;
    p.gone_s = 0;
    if (!rc)
        rc = fn_photo_update(t, &p, err);
    return rc ? rc : mark_faces(t, id, false, err);
}

static int photo_drop(struct fn_txn *t, fn_photo_id id, struct fn_error *err)
{
    struct fn_photo p;
    int rc = fn_photo_get(t, id, &p);
    if (rc)
        return fn_error_set(err, FN_ECORRUPT,
                            "photo %u is among the gone, but not in the index", id);
    rc = drop_place(t, &p, err);
    if (!rc)
        rc = fn_faces_remove(t, id, err);
    uint8_t tomb[12], key[4], pixels[20];
    tomb_key(p.gone_s, id, tomb);
    fn_put_be32(key, id);
    pixel_key(&p.pixel_key, id, pixels);
    if (!rc)
        rc = fn_tab_del(t, FN_T_TOMB, tomb, sizeof tomb, err);
    if (!rc)
        rc = fn_tab_del(t, FN_T_PHOTO_HASH, p.hash.b, sizeof p.hash.b, err);
    if (!rc && !fn_h128_is_zero(&p.pixel_key))
        rc = fn_tab_del(t, FN_T_PHOTO_PIXEL, pixels, sizeof pixels, err);
    if (!rc)
        rc = fn_tab_del(t, FN_T_PHOTO, key, sizeof key, err);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(err, FN_ECORRUPT, "photo %u lacks an index entry; run 'fnq doctor'",
                            id);
    return rc ? rc : fn_counts_photo(t, &p, NULL, err);
}

/* The oldest tomb from `from` on. FN_ENOTFOUND: none is older than gone_before_s. */
static int next_tomb(struct fn_txn *t, int64_t gone_before_s, uint8_t from[12],
                     fn_photo_id *ret, struct fn_error *err)
{
    struct fn_cur c;
    int rc = fn_cur_open(t, FN_T_TOMB, &c);
    if (!rc)
        rc = fn_cur_seek(&c, from, 12);
    if (!rc && c.key.n != 12)
        rc = fn_error_set(err, FN_ECORRUPT,
                          "the list of gone photos is damaged; run 'fnq doctor'");
    if (!rc && (int64_t)fn_get_be64(c.key.p) >= gone_before_s)
        rc = FN_ENOTFOUND;
    if (!rc) {
        memcpy(from, c.key.p, 12);
        *ret = fn_get_be32(c.key.p + 8);
    }
    fn_cur_close(&c);
    return rc;
}

int fn_photos_expire(struct fn_txn *t, int64_t gone_before_s, fn_photo_keep *keep,
                     uint64_t *ret_n, struct fn_error *err)
{
    uint64_t n = 0;
    uint8_t from[12] = {0};
    fn_photo_id id = 0;
    int rc;
    while (!(rc = next_tomb(t, gone_before_s, from, &id, err))) {
        bool kept = false;
        rc = keep ? keep(t, id, &kept) : 0;
        if (!rc && kept) {
            fn_put_be32(from + 8, id + 1); /* ids end before UINT32_MAX */
            continue;
        }
        rc = rc ? fn_error_set(err, rc, "photo %u: %s", id, fn_strerror(rc))
                : photo_drop(t, id, err);
        if (rc)
            return rc;
        n++;
    }
    if (rc != FN_ENOTFOUND)
        return rc;
    rc = n ? fn_vectors_compact(t, err) : 0;
    if (!rc)
        *ret_n = n;
    return rc;
}
