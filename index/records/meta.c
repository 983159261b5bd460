/* The meta table: small values by name, the counters that give ids, and the model's values in force. */
#include <errno.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/records/faces.h"
#include "index/records/records.h"
#include "index/records/rows.h"
#include "index/store/tables.h"

#define META_VERSION 1
#define META_HEAD    2
#define META_MAX     512

int fn_meta_get(struct fn_txn *t, const char *key, void *out, size_t size)
{
    struct fn_slice v;
    int rc = fn_tab_get(t, FN_T_META, key, strlen(key), &v);
    if (rc)
        return rc;
    if (v.n != META_HEAD + size || v.p[0] != META_VERSION)
        return FN_ECORRUPT;
    memcpy(out, v.p + META_HEAD, size);
    return 0;
}

int fn_meta_put(struct fn_txn *t, const char *key, const void *p, size_t size,
                struct fn_error *err)
{
    uint8_t v[META_MAX] = {META_VERSION};
    if (size > sizeof v - META_HEAD)
        return fn_error_set(err, -EINVAL, "meta value '%s' of %zu bytes is too long", key,
                            size);
    memcpy(v + META_HEAD, p, size);
    return fn_tab_put(t, FN_T_META, key, strlen(key), v, META_HEAD + size, err);
}

int fn_meta_get_u64(struct fn_txn *t, const char *key, uint64_t *ret)
{
    uint8_t b[8];
    int rc = fn_meta_get(t, key, b, sizeof b);
    if (!rc)
        *ret = fn_get_le64(b);
    return rc;
}

int fn_meta_put_u64(struct fn_txn *t, const char *key, uint64_t v, struct fn_error *err)
{
    uint8_t b[8];
    fn_put_le64(b, v);
    return fn_meta_put(t, key, b, sizeof b, err);
}

int fn_next_id(struct fn_txn *t, const char *counter, uint64_t max, uint64_t *ret,
               struct fn_error *err)
{
    uint64_t last = 0;
    int rc = fn_meta_get_u64(t, counter, &last);
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "counter '%s' of the index is damaged", counter);
    if (last >= max)
        return fn_error_set(err, FN_ELIMIT, "the index has given out all of its numbers ('%s')",
                            counter);
    rc = fn_meta_put_u64(t, counter, last + 1, err);
    if (!rc)
        *ret = last + 1;
    return rc;
}

int fn_index_model_get(struct fn_txn *t, struct fn_index_model *ret, struct fn_error *err)
{
    uint8_t b[FN_MODEL_BYTES];
    int rc = fn_meta_get(t, "model", b, sizeof b);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(err, rc, "the index has no model yet");
    if (!rc)
        rc = fn_index_model_decode((struct fn_slice){b, sizeof b}, ret);
    return rc ? fn_error_set(err, rc, "the record of the index's model is damaged") : 0;
}

int fn_generation(struct fn_txn *t, uint16_t *ret)
{
    struct fn_index_model m;
    int rc = fn_index_model_get(t, &m, NULL);
    if (!rc || rc == FN_ENOTFOUND)
        *ret = rc ? 1 : m.generation;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* Faces below the minimum quality found no person; a new minimum is applied to those that are there. */
static int refresh_poor(struct fn_txn *t, uint8_t min_quality, struct fn_error *err)
{
    uint32_t id = 0;
    for (;;) {
        /* The walk starts anew after each write: a cursor must not see its table change. */
        struct fn_cur c;
        int rc = fn_cur_open(t, FN_T_FACE, &c);
        uint8_t key[4];
        fn_put_be32(key, id + 1);
        bool want = false;
        if (!rc)
            rc = fn_cur_seek(&c, key, sizeof key);
        for (; !rc; rc = fn_cur_next(&c)) {
            struct fn_face_rec f;
            rc = fn_face_decode(c.key, c.val, &f);
            if (rc)
                break;
            want = f.quality < min_quality;
            id = f.id;
            if (want != ((f.flags & FN_FACE_POOR) != 0))
                break;
        }
        fn_cur_close(&c);
        if (rc == FN_ENOTFOUND)
            return 0;
        if (rc)
            return fn_error_set(err, rc, "a face record of the index is damaged");
        rc = fn_face_set_flags(t, id, want ? FN_FACE_POOR : 0, want ? 0 : FN_FACE_POOR, err);
        if (rc)
            return rc;
        if (id == UINT32_MAX)
            return 0;
    }
}

int fn_index_model_set(struct fn_txn *t, const struct fn_index_model *m, struct fn_error *err)
{
    struct fn_index_model old;
    int rc = fn_index_model_get(t, &old, NULL);
    bool had = rc == 0;
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "the record of the index's model is damaged");
    if (m->feature_width == 0 || m->feature_width > FN_FEATURE_WIDTH_MAX)
        return fn_error_set(err, -EINVAL, "features of %u values cannot be stored (1 to %u)",
                            m->feature_width, FN_FEATURE_WIDTH_MAX);
    if (had && old.feature_width != m->feature_width && fn_tab_count(t, FN_T_FACE))
        return fn_error_set(err, FN_EREFUSED, "the index holds features of %u values, not %u",
                            old.feature_width, m->feature_width);
    if (had && !fn_h128_eq(&old.profile_id, &m->profile_id) && fn_tab_count(t, FN_T_FACE))
        return fn_error_set(err, FN_EREFUSED,
                            "the index holds vectors of the model '%s', not of '%s'",
                            old.profile, m->profile);
    struct fn_index_model new = *m;
    if (!new.generation)
        new.generation = had ? old.generation : 1;
    uint8_t b[FN_MODEL_BYTES];
    fn_index_model_encode(&new, b);
    rc = fn_meta_put(t, "model", b, sizeof b, err);
    if (!rc && (!had || old.min_quality != m->min_quality))
        rc = refresh_poor(t, m->min_quality, err);
    return rc;
}
