/* SPDX-License-Identifier: MIT */
/* The values of the current model. */
#include "engine/base/endian.h"
#include "index/records/records.h"
#include "index/records/rows.h"

#define MODEL_KEY    "model"
#define GROUPING_KEY "model.grouping"

/* Thresholds of clustering have a separate value. Indexes of format 1 have none, and take those
 * of the default embedder, in proportion to the distance for pairs. */
static void from_pairs(struct fn_index_model *m)
{
    m->single_d = (uint32_t)((uint64_t)m->pair_d * 80 / 108);
    m->group_d = (uint32_t)((uint64_t)m->pair_d * 95 / 108);
    m->net_d = (uint32_t)((uint64_t)m->pair_d * 60 / 108);
    m->decade_d = (uint32_t)((uint64_t)m->pair_d * 15 / 108);
}

static int get_grouping(struct fn_txn *t, struct fn_index_model *m)
{
    uint8_t b[16];
    char key[FN_SIDED_KEY];
    int rc = fn_meta_get(t, fn_sided_key(t, GROUPING_KEY, key), b, sizeof b);
    if (rc == FN_ENOTFOUND) {
        from_pairs(m);
        return 0;
    }
    if (rc)
        return rc;
    m->single_d = fn_get_le32(b);
    m->group_d = fn_get_le32(b + 4);
    m->net_d = fn_get_le32(b + 8);
    m->decade_d = fn_get_le32(b + 12);
    return 0;
}

int fn_model_put(struct fn_txn *t, const struct fn_index_model *m, struct fn_error *err)
{
    uint8_t b[FN_MODEL_BYTES], g[16];
    struct fn_index_model v = *m;
    if (!v.group_d)
        from_pairs(&v);
    fn_index_model_encode(&v, b);
    fn_put_le32(g, v.single_d);
    fn_put_le32(g + 4, v.group_d);
    fn_put_le32(g + 8, v.net_d);
    fn_put_le32(g + 12, v.decade_d);
    char key[FN_SIDED_KEY];
    int rc = fn_meta_put(t, fn_sided_key(t, MODEL_KEY, key), b, sizeof b, err);
    return rc ? rc : fn_meta_put(t, fn_sided_key(t, GROUPING_KEY, key), g, sizeof g, err);
}

int fn_index_model_get(struct fn_txn *t, struct fn_index_model *ret, struct fn_error *err)
{
    uint8_t b[FN_MODEL_BYTES];
    char key[FN_SIDED_KEY];
    int rc = fn_meta_get(t, fn_sided_key(t, MODEL_KEY, key), b, sizeof b);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(err, rc, "the index has no model yet");
    if (!rc)
        rc = fn_index_model_decode((struct fn_slice){b, sizeof b}, ret);
    if (!rc)
        rc = get_grouping(t, ret);
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
