/* SPDX-License-Identifier: MIT */
/* Rows of the side that is being built. They have the numbers that they have on the active
 * side, and come in any order: a row goes into its block, if there is one, or to the tail. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/endian.h"
#include "index/records/rows.h"

static int copy_block(const struct fn_block *b, uint8_t **ret, struct fn_error *err)
{
    *ret = fn_alloc_aligned(1, FN_BLOCK_BYTES);
    if (!*ret)
        return fn_error_set(err, -ENOMEM, "out of memory for a block of vectors");
    memcpy(*ret + FN_BLOCK_HEAD, b->payload, b->payload_n);
    return 0;
}

static int fill_vector_block(struct fn_txn *t, const struct fn_block *b, uint32_t row,
                             fn_face_id face, const int16_t *x, struct fn_error *err)
{
    uint8_t *copy, *id;
    int rc = copy_block(b, &copy, err);
    if (rc)
        return rc;
    uint32_t i = row % FN_BLOCK_ROWS;
    id = copy + FN_BLOCK_FACES_AT + 4 * (size_t)i;
    uint32_t live = b->live + (fn_get_le32(id) == 0);
    memcpy(copy + FN_BLOCK_HEAD + (size_t)i * FN_Q14_BYTES, x, FN_Q14_BYTES);
    fn_put_le32(id, face);
    rc = fn_block_put(t, FN_T_VEC, row / FN_BLOCK_ROWS, copy, FN_BLOCK_VECTORS, b->generation,
                      FN_DIM, FN_BLOCK_ROWS, live, err);
    free(copy);
    return rc;
}

static int fill_feature_block(struct fn_txn *t, uint32_t row, const uint16_t *feature,
                              const struct fn_index_model *m, struct fn_error *err)
{
    uint32_t rows = fn_feature_block_rows(m->feature_width), live = 1;
    struct fn_block b = {0};
    uint8_t *copy = NULL;
    int rc = fn_block_get(t, FN_BLOCK_FEATURES, row / rows, &b);
    if (rc == FN_ENOTFOUND) {
        copy = fn_alloc_aligned(1, FN_BLOCK_BYTES);
        rc = copy ? 0 : -ENOMEM;
        if (copy)
            memset(copy, 0, FN_BLOCK_BYTES);
    } else if (!rc) {
        rc = b.width == m->feature_width ? copy_block(&b, &copy, err) : FN_ECORRUPT;
        live = b.live + 1;
    }
    if (rc)
        return fn_error_set(err, rc, "features of row %u: %s", row, fn_strerror(rc));
    memcpy(copy + FN_BLOCK_HEAD + (size_t)(row % rows) * 2 * m->feature_width, feature,
           (size_t)2 * m->feature_width);
    rc = fn_block_put(t, FN_T_FEAT, row / rows, copy, FN_BLOCK_FEATURES, m->generation,
                      m->feature_width, rows, live, err);
    free(copy);
    return rc;
}

static int fill_tail(struct fn_txn *t, uint32_t row, fn_face_id face, const int16_t *x,
                     const uint16_t *feature, const struct fn_index_model *m,
                     struct fn_error *err)
{
    uint8_t key[4], v[FN_TAIL_BYTES], *f = NULL;
    size_t n = (size_t)2 * m->feature_width;
    void *p = NULL;
    fn_put_be32(key, row);
    fn_tail_encode(&(struct fn_tail){.face = face, .generation = m->generation, .x = x}, v);
    int rc = fn_tab_put(t, FN_T_VEC_TAIL, key, sizeof key, v, sizeof v, err);
    if (rc || !feature)
        return rc;
    rc = fn_tab_reserve(t, FN_T_FEAT_TAIL, key, sizeof key, FN_FEAT_TAIL_HEAD + n, &p, err);
    if (rc)
        return rc;
    f = p;
    fn_feat_tail_head(m->feature_width, m->generation, f);
    memcpy(f + FN_FEAT_TAIL_HEAD, feature, n);
    return 0;
}

int fn_vector_fill(struct fn_txn *t, uint32_t row, fn_face_id face, const int16_t x[FN_DIM],
                   const uint16_t *feature, const struct fn_index_model *m,
                   struct fn_error *err)
{
    struct fn_block b;
    int rc = fn_block_get(t, FN_BLOCK_VECTORS, row / FN_BLOCK_ROWS, &b);
    if (rc == FN_ENOTFOUND)
        return fill_tail(t, row, face, x, feature, m, err);
    if (!rc && b.generation != m->generation)
        rc = FN_ECORRUPT;
    if (rc)
        return fn_error_set(err, rc, "block %u of vectors: %s", row / FN_BLOCK_ROWS,
                            fn_strerror(rc));
    rc = fill_vector_block(t, &b, row, face, x, err);
    return rc || !feature ? rc : fill_feature_block(t, row, feature, m, err);
}

int fn_vectors_count(struct fn_txn *t, uint64_t *ret)
{
    struct fn_cur c = {0};
    *ret = fn_tab_count(t, FN_T_VEC_TAIL);
    int rc = fn_cur_open(t, FN_T_VEC, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c)) {
        struct fn_block b;
        rc = fn_block_decode(c.key, c.val, FN_BLOCK_VECTORS, &b);
        *ret += rc ? 0 : b.live;
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}
