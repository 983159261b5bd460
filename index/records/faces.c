/* SPDX-License-Identifier: MIT */
/* Faces: the records, their keys, and the three indexes on them (by photo, by content key). */
#include "index/records/faces.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/hex.h"
#include "index/records/record_changes.h"
#include "index/records/records.h"
#include "index/records/rows.h"
#include "index/records/stale.h"

uint64_t fn_face_ckey(const struct fn_face_key *k)
{
    uint8_t b[24];
    memcpy(b, k->photo.b, 16);
    for (int i = 0; i < 4; i++)
        fn_put_le16(b + 16 + 2 * i, k->box[i]);
    return fn_hash64(b, sizeof b);
}

void fn_face_hex(uint64_t ckey, char out[FN_FACE_HEX])
{
    snprintf(out, FN_FACE_HEX, "f%016llx", (unsigned long long)ckey);
}

static uint16_t quantise(float v)
{
    if (!(v > 0))
        return 0;
    return v >= 1 ? 65535 : (uint16_t)lrintf(v * 65535.0f);
}

void fn_box_quantise(const float box[4], uint16_t out[4])
{
    for (int i = 0; i < 4; i++)
        out[i] = quantise(box[i]);
}

void fn_box_to_float(const uint16_t box[4], float out[4])
{
    for (int i = 0; i < 4; i++)
        out[i] = (float)box[i] / 65535.0f;
}

/* Overlap of two intervals [a, a + an) and [b, b + bn). */
static uint64_t overlap(uint32_t a, uint32_t an, uint32_t b, uint32_t bn)
{
    uint32_t lo = a > b ? a : b, hi = a + an < b + bn ? a + an : b + bn;
    return hi > lo ? hi - lo : 0;
}

float fn_stored_box_iou(const uint16_t a[4], const uint16_t b[4])
{
    uint64_t both = overlap(a[0], a[2], b[0], b[2]) * overlap(a[1], a[3], b[1], b[3]);
    uint64_t all = (uint64_t)a[2] * a[3] + (uint64_t)b[2] * b[3] - both;
    return all ? (float)both / (float)all : 0;
}

int fn_face_get(struct fn_txn *t, fn_face_id id, struct fn_face_rec *ret)
{
    uint8_t key[4];
    fn_put_be32(key, id);
    struct fn_slice v;
    int rc = fn_tab_get(t, FN_T_FACE, key, sizeof key, &v);
    return rc ? rc : fn_face_decode((struct fn_slice){key, sizeof key}, v, ret);
}

int fn_face_update(struct fn_txn *t, const struct fn_face_rec *f, struct fn_error *err)
{
    uint8_t key[4], v[FN_FACE_BYTES];
    fn_put_be32(key, f->id);
    fn_face_encode(f, v);
    return fn_tab_put(t, FN_T_FACE, key, sizeof key, v, sizeof v, err);
}

/* ---- what others have to follow ---- */

static bool takes_part(uint8_t flags)
{
    return !(flags & (FN_FACE_GONE | FN_FACE_NOTFACE));
}

#define COUNT_GOOD "count.good"

int fn_faces_good(struct fn_txn *t, uint64_t *ret)
{
    *ret = 0;
    int rc = fn_meta_get_u64(t, COUNT_GOOD, ret);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int count_good(struct fn_txn *t, int by, struct fn_error *err)
{
    uint64_t n;
    int rc = by ? fn_faces_good(t, &n) : 0;
    if (rc || (by < 0 && !n))
        return fn_error_set(err, FN_ECORRUPT, "the count of good faces is wrong");
    return by ? fn_meta_put_u64(t, COUNT_GOOD, n + (uint64_t)(int64_t)by, err) : 0;
}

/* A face whose flags were `was` and are `now`. A face that takes no part counts as absent. */
static int tell(struct fn_txn *t, fn_face_id id, uint8_t was, uint8_t now, struct fn_error *err)
{
    bool did = takes_part(was), does = takes_part(now);
    bool was_good = did && !(was & FN_FACE_POOR), is_good = does && !(now & FN_FACE_POOR);
    int rc = count_good(t, is_good - was_good, err);
    if (!rc && did && !does)
        rc = fn_change_add(t, FN_FOLLOW_PEOPLE, FN_CHANGE_WENT, id, err);
    else if (!rc && does && (!did || was_good != is_good))
        rc = fn_change_add(t, FN_FOLLOW_PEOPLE, FN_CHANGE_CAME, id, err);
    return rc;
}

/* ---- indexes ---- */

static void photo_n_key(fn_photo_id photo, unsigned n, uint8_t out[6])
{
    fn_put_be32(out, photo);
    fn_put_be16(out + 4, (uint16_t)n);
}

static void ckey_key(uint64_t ckey, fn_face_id id, uint8_t out[12])
{
    fn_put_be64(out, ckey);
    fn_put_be32(out + 8, id);
}

int fn_face_insert(struct fn_txn *t, struct fn_face_rec *f, const struct fn_h128 *photo_hash,
                   unsigned n_in_photo, const int16_t x[FN_DIM], const uint16_t *feature,
                   uint32_t width, struct fn_error *err)
{
    struct fn_face_key k = {.photo = *photo_hash};
    memcpy(k.box, f->box, sizeof k.box);
    f->ckey = fn_face_ckey(&k);
    uint64_t id;
    int rc = fn_next_id(t, "next.face", UINT32_MAX - 1, &id, err);
    if (rc)
        return rc;
    f->id = (fn_face_id)id;
    rc = fn_generation(t, &f->generation);
    if (rc)
        return fn_error_set(err, rc, "the record of the index's model is damaged");
    rc = fn_vector_append(t, f->id, x, feature, width, f->generation, &f->row, err);
    /* The record first: sealing reads faces back. */
    if (!rc)
        rc = fn_face_update(t, f, err);
    uint8_t by_photo[6], ref[FN_REF_BYTES], by_ckey[12];
    photo_n_key(f->photo, n_in_photo, by_photo);
    fn_ref_encode(f->id, ref);
    if (!rc)
        rc = fn_tab_put(t, FN_T_FACE_PHOTO, by_photo, sizeof by_photo, ref, sizeof ref, err);
    ckey_key(f->ckey, f->id, by_ckey);
    if (!rc)
        rc = fn_tab_put(t, FN_T_FACE_CKEY, by_ckey, sizeof by_ckey, fn_mark, sizeof fn_mark,
                        err);
    if (!rc)
        rc = fn_change_add(t, FN_FOLLOW_LABELS, FN_CHANGE_FACES, f->photo, err);
    return rc ? rc : tell(t, f->id, FN_FACE_GONE, f->flags, err);
}

int fn_face_ids_of_photo(struct fn_txn *t, fn_photo_id photo, fn_face_id *ret, size_t max,
                         size_t *ret_n)
{
    struct fn_cur c;
    uint8_t key[6];
    photo_n_key(photo, 0, key);
    size_t n = 0;
    int rc = fn_cur_open(t, FN_T_FACE_PHOTO, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    for (; !rc && n < max; rc = fn_cur_next(&c)) {
        if (c.key.n != sizeof key) {
            rc = FN_ECORRUPT;
            break;
        }
        if (fn_get_be32(c.key.p) != photo)
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

int fn_faces_of_photo(struct fn_txn *t, fn_photo_id photo, struct fn_face_rec *ret, size_t max,
                      size_t *ret_n)
{
    size_t n = 0;
    fn_face_id *ids = max ? calloc(max, sizeof *ids) : NULL;
    if (max && !ids)
        return -ENOMEM;
    int rc = fn_face_ids_of_photo(t, photo, ids, max, &n);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = fn_face_get(t, ids[i], &ret[i]);
        if (rc == FN_ENOTFOUND || (!rc && ret[i].photo != photo))
            rc = FN_ECORRUPT;
    }
    free(ids);
    if (!rc)
        *ret_n = n;
    return rc;
}

int fn_faces_of_photo_all(struct fn_txn *t, fn_photo_id photo, struct fn_face_rec **ret,
                          size_t *ret_n, struct fn_error *err)
{
    struct fn_photo p;
    int rc = fn_photo_get(t, photo, &p);
    if (rc)
        return fn_error_set(err, rc, "photo %u of the index: %s", photo, fn_strerror(rc));
    struct fn_face_rec *faces = p.n_faces ? calloc(p.n_faces, sizeof *faces) : NULL;
    if (p.n_faces && !faces)
        return fn_error_set(err, -ENOMEM, "out of memory for the faces of a photo");
    size_t n = 0;
    rc = fn_faces_of_photo(t, photo, faces, p.n_faces, &n);
    if (!rc && n != p.n_faces)
        rc = FN_ECORRUPT;
    if (rc) {
        free(faces);
        return fn_error_set(err, rc, "the faces of photo %u of the index: %s", photo,
                            fn_strerror(rc));
    }
    *ret = faces;
    *ret_n = n;
    return 0;
}

int fn_faces_remove(struct fn_txn *t, fn_photo_id photo, struct fn_error *err)
{
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    int rc = fn_faces_of_photo_all(t, photo, &faces, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        uint8_t id[4], by_photo[6], by_ckey[12];
        fn_put_be32(id, faces[i].id);
        photo_n_key(photo, (unsigned)i, by_photo);
        ckey_key(faces[i].ckey, faces[i].id, by_ckey);
        rc = fn_vector_delete(t, faces[i].row, err);
        if (!rc)
            rc = fn_stale_del_face(t, faces[i].id, err);
        if (!rc)
            rc = fn_tab_del(t, FN_T_FACE, id, sizeof id, err);
        if (!rc)
            rc = fn_tab_del(t, FN_T_FACE_PHOTO, by_photo, sizeof by_photo, err);
        if (!rc)
            rc = fn_tab_del(t, FN_T_FACE_CKEY, by_ckey, sizeof by_ckey, err);
        if (rc == FN_ENOTFOUND)
            rc = fn_error_set(err, FN_ECORRUPT,
                              "face %u of the index has no key; run 'fnq doctor'", faces[i].id);
        if (!rc)
            rc = fn_change_add(t, FN_FOLLOW_LABELS, FN_CHANGE_DROPPED, faces[i].id, err);
        if (!rc)
            rc = tell(t, faces[i].id, faces[i].flags, FN_FACE_GONE, err);
    }
    free(faces);
    return rc;
}

int fn_face_each(struct fn_txn *t, int (*visit)(const struct fn_face_rec *f, void *ctx),
                 void *ctx)
{
    struct fn_cur c;
    int stop = 0, rc = fn_cur_open(t, FN_T_FACE, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    while (!rc && !stop) {
        struct fn_face_rec f;
        rc = fn_face_decode(c.key, c.val, &f);
        if (rc)
            break;
        stop = visit(&f, ctx);
        rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    if (stop)
        return stop;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_face_set_flags(struct fn_txn *t, fn_face_id id, uint8_t set, uint8_t clear,
                      struct fn_error *err)
{
    struct fn_face_rec f;
    int rc = fn_face_get(t, id, &f);
    if (rc)
        return fn_error_set(err, rc, "face %u of the index: %s", id, fn_strerror(rc));
    uint8_t flags = (uint8_t)((f.flags & ~(unsigned)clear) | set);
    if (flags == f.flags)
        return 0;
    uint8_t was = f.flags;
    f.flags = flags;
    rc = fn_face_update(t, &f, err);
    return rc ? rc : tell(t, id, was, flags, err);
}

int fn_face_key_of(struct fn_txn *t, fn_face_id id, struct fn_face_key *ret)
{
    struct fn_face_rec f;
    struct fn_photo p;
    int rc = fn_face_get(t, id, &f);
    if (rc)
        return rc;
    rc = fn_photo_get(t, f.photo, &p);
    if (rc)
        return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
    ret->photo = p.hash;
    memcpy(ret->box, f.box, sizeof ret->box);
    return 0;
}

size_t fn_face_of_box(const struct fn_face_rec *faces, size_t n, const uint16_t box[4])
{
    size_t best = n;
    float best_iou = 0;
    for (size_t i = 0; i < n; i++) {
        if (!memcmp(faces[i].box, box, sizeof faces[i].box))
            return i;
        float iou = fn_stored_box_iou(faces[i].box, box);
        if (iou < FN_SAME_BOX_IOU || iou < best_iou)
            continue;
        if (best == n || iou > best_iou || faces[i].ckey < faces[best].ckey) {
            best = i;
            best_iou = iou;
        }
    }
    return best;
}

int fn_face_by_key(struct fn_txn *t, const struct fn_face_key *k, fn_face_id *ret)
{
    fn_photo_id photo;
    int rc = fn_photo_by_hash(t, &k->photo, &photo);
    if (rc)
        return rc;
    struct fn_face_rec *faces = NULL;
    size_t n = 0;
    rc = fn_faces_of_photo_all(t, photo, &faces, &n, NULL);
    if (rc)
        return rc;
    size_t at = fn_face_of_box(faces, n, k->box);
    fn_face_id best = at < n ? faces[at].id : 0;
    free(faces);
    if (!best)
        return FN_ENOTFOUND;
    *ret = best;
    return 0;
}

int fn_face_by_prefix(struct fn_txn *t, const char *text, fn_face_id *ret, size_t max,
                      size_t *ret_n)
{
    size_t digits = 0, n = 0;
    uint64_t low = 0;
    if (*text == 'f')
        text++;
    else
        return FN_EUSAGE;
    for (; text[digits]; digits++) {
        int d = fn_hex_value(text[digits]);
        if (d < 0 || digits == 16)
            return FN_EUSAGE;
        low = low << 4 | (uint64_t)d;
    }
    if (digits == 0)
        return FN_EUSAGE;
    unsigned shift = (unsigned)(64 - 4 * digits);
    low <<= shift;
    struct fn_cur c;
    uint8_t key[12];
    ckey_key(low, 0, key);
    int rc = fn_cur_open(t, FN_T_FACE_CKEY, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    for (; !rc && n < max; rc = fn_cur_next(&c)) {
        if (c.key.n != sizeof key) {
            rc = FN_ECORRUPT;
            break;
        }
        if ((fn_get_be64(c.key.p) ^ low) >> shift)
            break;
        ret[n++] = fn_get_be32(c.key.p + 8);
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    *ret_n = n;
    return 0;
}
