/* SPDX-License-Identifier: MIT */
/* Checks of faces, their vectors and features. */
#include <string.h>

#include "engine/base/endian.h"
#include "index/doctor/doctor_priv.h"
#include "index/records/records.h"
#include "index/records/rows.h"
#include "index/records/stale.h"

static uint32_t key_number(struct fn_slice key)
{
    return key.n >= 4 ? fn_get_be32(key.p) : 0;
}

static void check_flags(struct fn_doctor *d, const struct fn_face_rec *f)
{
    struct fn_photo p;
    if (fn_photo_get(d->t, f->photo, &p)) {
        fn_doctor_bad(d, "face %u belongs to photo %u, which is not there", f->id, f->photo);
        return;
    }
    if ((p.state == FN_PHOTO_GONE) != ((f->flags & FN_FACE_GONE) != 0))
        fn_doctor_bad(d, "face %u and its photo %u disagree about being gone", f->id, f->photo);
    struct fn_face_key k = {.photo = p.hash};
    memcpy(k.box, f->box, sizeof k.box);
    if (fn_face_ckey(&k) != f->ckey)
        fn_doctor_bad(d, "face %u has not the key of its photo and box", f->id);
}

static void check_face(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_face_rec f;
    if (fn_face_decode(key, val, &f)) {
        fn_doctor_bad(d, "face %u: its record is damaged", key_number(key));
        return;
    }
    d->n_good += !(f.flags & (FN_FACE_GONE | FN_FACE_NOTFACE | FN_FACE_POOR));
    check_flags(d, &f);
    uint8_t mark[12];
    struct fn_slice v;
    fn_put_be64(mark, f.ckey);
    fn_put_be32(mark + 8, f.id);
    if (fn_tab_get(d->t, FN_T_FACE_CKEY, mark, sizeof mark, &v))
        fn_doctor_bad(d, "face %u is not found by its key", f.id);
    int16_t x[FN_DIM];
    int rc = fn_vector_get(d->t, f.row, x);
    bool stale = fn_stale_has(d->t, d->generation, f.id);
    d->n_stale += stale;
    if (rc && !stale)
        fn_doctor_bad(d, "face %u has no vector (row %u)", f.id, f.row);
    if (!rc && stale)
        fn_doctor_bad(d, "face %u has a vector, and is listed as one without", f.id);
    uint32_t d0 =
        rc ? 0
           : fn_vector_kernels(0)->d2(x, (int16_t[FN_DIM]){0}, FN_DIM); /* the squared length */
    if (!rc && (d0 < FN_Q14_ONE / 64 * 63 || d0 > FN_Q14_ONE / 64 * 65))
        fn_doctor_bad(d, "face %u: its vector has not the length 1", f.id);
}

static void check_face_photo(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    uint32_t id = 0;
    struct fn_face_rec f;
    struct fn_photo p;
    if (key.n != 6 || fn_ref_decode(val, &id) || fn_face_get(d->t, id, &f) ||
        f.photo != fn_get_be32(key.p)) {
        fn_doctor_bad(d, "photo %u lists face %u, which is not its own", key_number(key), id);
        return;
    }
    /* With distinct numbers below n_faces, and as many records as the photos have faces, each
     * list is complete. */
    if (fn_photo_get(d->t, f.photo, &p) || fn_get_be16(key.p + 4) >= p.n_faces)
        fn_doctor_bad(d, "photo %u lists more faces than it says", f.photo);
}

static void check_face_ckey(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    (void)val;
    struct fn_face_rec f;
    if (key.n != 12 || fn_face_get(d->t, fn_get_be32(key.p + 8), &f) ||
        f.ckey != fn_get_be64(key.p))
        fn_doctor_bad(d, "a face key points to face %u, which has not this key",
                      key.n == 12 ? fn_get_be32(key.p + 8) : 0);
}

static bool row_is_of(struct fn_doctor *d, uint32_t row, uint16_t generation, fn_face_id face)
{
    struct fn_face_rec f;
    return fn_face_get(d->t, face, &f) == 0 && f.row == row && generation == d->generation;
}

static bool zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static void check_vectors(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_block b;
    uint32_t number = key_number(key), live = 0;
    if (fn_block_decode(key, val, FN_BLOCK_VECTORS, &b)) {
        fn_doctor_bad(d, "block %u of vectors: its head is damaged", number);
        return;
    }
    if (fn_block_check(&b)) {
        fn_doctor_bad(d, "block %u of vectors: its checksum is wrong", number);
        return;
    }
    for (uint32_t i = 0; i < b.rows; i++) {
        fn_face_id face = fn_get_le32(b.payload + FN_BLOCK_ROWS * FN_Q14_BYTES + 4 * (size_t)i);
        live += face != 0;
        if (!face && !zero(b.payload + (size_t)i * FN_Q14_BYTES, FN_Q14_BYTES))
            fn_doctor_bad(d, "row %u is dead and not zeroed", b.first_row + i);
        if (face && !row_is_of(d, b.first_row + i, b.generation, face))
            fn_doctor_bad(d, "row %u says it is of face %u, which says no", b.first_row + i,
                          face);
    }
    if (live != b.live)
        fn_doctor_bad(d, "block %u of vectors counts %u live rows and has %u", number, b.live,
                      live);
}

static void check_tail(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_tail r;
    struct fn_slice v;
    if (fn_tail_decode(key, val, &r))
        fn_doctor_bad(d, "row %u of the tail is damaged", key_number(key));
    else if (!row_is_of(d, r.row, r.generation, r.face))
        fn_doctor_bad(d, "row %u says it is of face %u, which says no", r.row, r.face);
    else if (fn_tab_get(d->t, FN_T_FEAT_TAIL, key.p, key.n, &v))
        fn_doctor_bad(d, "row %u of the tail has no feature", r.row);
}

static void check_features(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_block b;
    struct fn_index_model m;
    if (fn_block_decode(key, val, FN_BLOCK_FEATURES, &b))
        fn_doctor_bad(d, "block %u of features: its head is damaged", key_number(key));
    else if (fn_index_model_get(d->t, &m, NULL) || m.feature_width != b.width)
        fn_doctor_bad(d, "block %u of features is %u wide, unlike the model's", key_number(key),
                      b.width);
    else if (d->deep && fn_block_check(&b))
        fn_doctor_bad(d, "block %u of features: its checksum is wrong", key_number(key));
}

static void check_feature_tail(struct fn_doctor *d, struct fn_slice key, struct fn_slice val)
{
    struct fn_feat_tail f;
    struct fn_index_model m;
    if (key.n != 4 || fn_feat_tail_decode(val, &f) || fn_index_model_get(d->t, &m, NULL) ||
        m.feature_width != f.width)
        fn_doctor_bad(d, "feature of row %u of the tail is damaged", key_number(key));
}

/* Live rows of all blocks of one kind. */
static uint64_t live_rows(struct fn_doctor *d, enum fn_table table, uint8_t kind)
{
    struct fn_cur c;
    uint64_t n = 0;
    int rc = fn_cur_open(d->t, table, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = fn_cur_next(&c)) {
        struct fn_block b;
        if (fn_block_decode(c.key, c.val, kind, &b) == 0)
            n += b.live;
    }
    fn_cur_close(&c);
    return n;
}

static void check_row_counts(struct fn_doctor *d)
{
    uint64_t faces = fn_tab_count(d->t, FN_T_FACE);
    uint64_t vectors =
        fn_tab_count(d->t, FN_T_VEC_TAIL) + live_rows(d, FN_T_VEC, FN_BLOCK_VECTORS);
    uint64_t features =
        fn_tab_count(d->t, FN_T_FEAT_TAIL) + live_rows(d, FN_T_FEAT, FN_BLOCK_FEATURES);
    if (d->n_faces != faces)
        fn_doctor_say(d, FN_FIND_FAIL,
                      "the photos say they have %llu faces, the index has %llu",
                      (unsigned long long)d->n_faces, (unsigned long long)faces);
    uint64_t counted = 0;
    if (fn_faces_good(d->t, &counted) || counted != d->n_good)
        fn_doctor_say(
            d, FN_FIND_FAIL,
            "%llu faces are counted as good, %llu are; 'fnq doctor --repair' counts again",
            (unsigned long long)counted, (unsigned long long)d->n_good);
    uint64_t seen = faces - d->n_stale;
    if (vectors != seen || features != seen)
        fn_doctor_say(d, FN_FIND_FAIL, "%llu faces have %llu vectors and %llu features",
                      (unsigned long long)seen, (unsigned long long)vectors,
                      (unsigned long long)features);
}

int fn_doctor_faces(struct fn_doctor *d)
{
    static const struct {
        enum fn_table table;
        const char *what;
        void (*each)(struct fn_doctor *d, struct fn_slice key, struct fn_slice val);
    } checks[] = {
        {FN_T_FACE, "faces", check_face},
        {FN_T_FACE_PHOTO, "faces of photos", check_face_photo},
        {FN_T_FACE_CKEY, "face keys", check_face_ckey},
        {FN_T_VEC, "blocks of vectors", check_vectors},
        {FN_T_VEC_TAIL, "vectors of the tail", check_tail},
        {FN_T_FEAT, "blocks of features", check_features},
        {FN_T_FEAT_TAIL, "features of the tail", check_feature_tail},
    };
    int rc = fn_generation(d->t, &d->generation);
    if (rc)
        fn_doctor_say(d, FN_FIND_FAIL, "the record of the index's model is damaged");
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        rc = fn_doctor_walk(d, checks[i].table, checks[i].what, checks[i].each);
        if (rc)
            return rc;
    }
    fn_doctor_same_count(d, FN_T_FACE, FN_T_FACE_PHOTO);
    fn_doctor_same_count(d, FN_T_FACE, FN_T_FACE_CKEY);
    check_row_counts(d);
    return 0;
}
