/* SPDX-License-Identifier: MIT */
/* Setting the model's values: what they demand of the faces that are there. */
#include <errno.h>

#include "engine/base/endian.h"
#include "index/records/records.h"

/* Faces below the minimum quality found no person; a new minimum is applied to those that are
 * there. */
static int refresh_poor(struct fn_txn *t, uint8_t min_quality, struct fn_error *err)
{
    uint32_t id = 0;
    for (;;) {
        /* The walk restarts after each write: a table must not change under a cursor. */
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
    rc = fn_model_put(t, &new, err);
    if (!rc && (!had || old.min_quality != m->min_quality))
        rc = refresh_poor(t, m->min_quality, err);
    return rc;
}
