/* SPDX-License-Identifier: MIT */
/* The rows of vectors and features.
 *
 * New rows go to the tail, one value each, so that a commit of one face writes a few pages and
 * not a block. When the last row of a block is given, the rows of the block are sealed: one
 * value of 1,000 vectors with their face ids, and the features in separate blocks, which a scan
 * never reads. So row r is in block r / 1000 or in the tail, and no map of rows is needed.
 * Deleting a row zeroes it in place. A block that is less than half live moves its rows to the
 * tail again (the faces get new row numbers) and is removed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/endian.h"
#include "index/records/records.h"
#include "index/records/rows.h"

#define RUN_ROWS                                                                               \
    64 /* of the tail, gathered so that the kernels get more than one row at a time */

static int corrupt(struct fn_error *err, const char *what, uint32_t number)
{
    return fn_error_set(err, FN_ECORRUPT, "%s %u of the index is damaged; run 'fnq doctor'",
                        what, number);
}

int fn_block_get(struct fn_txn *t, uint8_t kind, uint32_t number, struct fn_block *ret)
{
    uint8_t key[4];
    fn_put_be32(key, number);
    struct fn_slice v;
    int rc =
        fn_tab_get(t, kind == FN_BLOCK_VECTORS ? FN_T_VEC : FN_T_FEAT, key, sizeof key, &v);
    return rc ? rc : fn_block_decode((struct fn_slice){key, sizeof key}, v, kind, ret);
}

static const uint8_t *block_faces(const struct fn_block *b)
{
    return b->payload + FN_BLOCK_ROWS * FN_Q14_BYTES;
}

/* The row's vector in the map, and its face. FN_ENOTFOUND for rows that are dead or never were.
 */
static int find_row(struct fn_txn *t, uint32_t row, const int16_t **ret_x, fn_face_id *ret_face)
{
    struct fn_block b;
    int rc = fn_block_get(t, FN_BLOCK_VECTORS, row / FN_BLOCK_ROWS, &b);
    if (rc == 0) {
        uint32_t i = row % FN_BLOCK_ROWS;
        fn_face_id face = fn_get_le32(block_faces(&b) + 4 * (size_t)i);
        if (!face)
            return FN_ENOTFOUND;
        *ret_face = face;
        *ret_x = (const int16_t *)(const void *)(b.payload + (size_t)i * FN_Q14_BYTES);
        return 0;
    }
    if (rc != FN_ENOTFOUND)
        return rc;
    uint8_t key[4];
    fn_put_be32(key, row);
    struct fn_slice v;
    rc = fn_tab_get(t, FN_T_VEC_TAIL, key, sizeof key, &v);
    struct fn_tail r;
    if (!rc)
        rc = fn_tail_decode((struct fn_slice){key, sizeof key}, v, &r);
    if (rc)
        return rc;
    *ret_face = r.face;
    *ret_x = r.x;
    return 0;
}

int fn_vector_get(struct fn_txn *t, uint32_t row, int16_t ret[FN_DIM])
{
    const int16_t *x;
    fn_face_id face;
    int rc = find_row(t, row, &x, &face);
    if (!rc)
        memcpy(ret, x, FN_Q14_BYTES);
    return rc;
}

int fn_feature_get(struct fn_txn *t, uint32_t row, uint16_t *ret, size_t width)
{
    uint8_t key[4];
    fn_put_be32(key, row);
    struct fn_slice v;
    struct fn_feat_tail f = {0};
    int rc = fn_tab_get(t, FN_T_FEAT_TAIL, key, sizeof key, &v);
    if (!rc)
        rc = fn_feat_tail_decode(v, &f);
    if (rc == FN_ENOTFOUND) {
        if (width == 0 || width > FN_FEATURE_WIDTH_MAX)
            return FN_ECORRUPT;
        uint32_t rows = fn_feature_block_rows((uint32_t)width);
        struct fn_block b;
        rc = fn_block_get(t, FN_BLOCK_FEATURES, row / rows, &b);
        if (!rc) {
            f.width = b.width;
            f.values = b.payload + (size_t)(row % rows) * 2 * b.width;
        }
    }
    if (!rc && f.width != width)
        rc = FN_ECORRUPT;
    if (!rc)
        memcpy(ret, f.values, 2 * width);
    return rc;
}

/* Moves the tail's rows [first, first + FN_BLOCK_ROWS) into the payload; dead ones stay zero.
 */
static int gather_vectors(struct fn_txn *t, uint32_t first, uint8_t *payload,
                          uint32_t *ret_live, uint16_t *ret_generation, struct fn_error *err)
{
    struct fn_cur c;
    uint8_t key[4];
    fn_put_be32(key, first);
    *ret_live = 0;
    int rc = fn_cur_open(t, FN_T_VEC_TAIL, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    while (!rc) {
        struct fn_tail r;
        rc = fn_tail_decode(c.key, c.val, &r);
        uint32_t i = rc ? 0 : r.row - first;
        if (!rc && i >= FN_BLOCK_ROWS)
            break;
        if (rc || (*ret_live && r.generation != *ret_generation)) {
            rc = corrupt(err, "tail of block", first / FN_BLOCK_ROWS);
            break;
        }
        memcpy(payload + (size_t)i * FN_Q14_BYTES, r.x, FN_Q14_BYTES);
        fn_put_le32(payload + FN_BLOCK_ROWS * FN_Q14_BYTES + 4 * (size_t)i, r.face);
        *ret_generation = r.generation;
        ++*ret_live;
        rc = fn_cur_del(&c, err);
        if (!rc)
            rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* Vectors of several generations may be made of the same features. */
static int gather_features(struct fn_txn *t, uint32_t first, uint32_t rows, uint32_t width,
                           uint8_t *payload, uint32_t *ret_live, struct fn_error *err)
{
    struct fn_cur c;
    uint8_t key[4];
    fn_put_be32(key, first);
    *ret_live = 0;
    int rc = fn_cur_open(t, FN_T_FEAT_TAIL, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    while (!rc) {
        uint32_t row = c.key.n == 4 ? fn_get_be32(c.key.p) : 0;
        struct fn_feat_tail f;
        rc = fn_feat_tail_decode(c.val, &f);
        if (rc || row < first) {
            rc = corrupt(err, "features of block", first / FN_BLOCK_ROWS);
            break;
        }
        if (row - first >= rows)
            break;
        if (f.width != width) {
            rc = corrupt(err, "features of block", first / FN_BLOCK_ROWS);
            break;
        }
        memcpy(payload + (size_t)(row - first) * 2 * width, f.values, (size_t)2 * width);
        ++*ret_live;
        rc = fn_cur_del(&c, err);
        if (!rc)
            rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_block_put(struct fn_txn *t, enum fn_table table, uint32_t number, uint8_t *block,
                 uint8_t kind, uint16_t generation, uint32_t width, uint32_t rows,
                 uint32_t live, struct fn_error *err)
{
    uint8_t key[4];
    fn_put_be32(key, number);
    if (live == 0) {
        int rc = fn_tab_del(t, table, key, sizeof key, err);
        return rc == FN_ENOTFOUND ? 0 : rc;
    }
    fn_block_seal(block, kind, generation, width, number * rows, rows, live);
    return fn_tab_put(t, table, key, sizeof key, block, FN_BLOCK_BYTES, err);
}

int fn_vectors_seal(struct fn_txn *t, uint32_t first, uint32_t width, struct fn_error *err)
{
    uint8_t *block = fn_alloc_aligned(1, FN_BLOCK_BYTES);
    if (!block)
        return fn_error_set(err, -ENOMEM, "out of memory for a block of vectors");
    uint32_t live;
    uint16_t generation = 1;
    int rc = gather_vectors(t, first, block + FN_BLOCK_HEAD, &live, &generation, err);
    if (!rc)
        rc = fn_block_put(t, FN_T_VEC, first / FN_BLOCK_ROWS, block, FN_BLOCK_VECTORS,
                          generation, FN_DIM, FN_BLOCK_ROWS, live, err);
    uint32_t rows = fn_feature_block_rows(width);
    /* features that both sides have are sealed with the rows of the active side */
    bool features = fn_txn_viewed(t) == FN_VIEW_ACTIVE || !fn_sides_share_features(t);
    for (uint32_t at = 0; !rc && features && at < FN_BLOCK_ROWS; at += rows) {
        memset(block, 0, FN_BLOCK_BYTES);
        rc = gather_features(t, first + at, rows, width, block + FN_BLOCK_HEAD, &live, err);
        if (!rc && live)
            rc = fn_block_put(t, FN_T_FEAT, (first + at) / rows, block, FN_BLOCK_FEATURES,
                              generation, width, rows, live, err);
    }
    free(block);
    return rc;
}

/* Whether the block of this row has rows of another generation in the tail. */
static int other_generation(struct fn_txn *t, uint32_t row, uint16_t generation, bool *ret)
{
    struct fn_cur c;
    struct fn_tail last;
    int rc = fn_cur_open(t, FN_T_VEC_TAIL, &c);
    if (!rc)
        rc = fn_cur_last(&c);
    if (!rc)
        rc = fn_tail_decode(c.key, c.val, &last);
    *ret =
        !rc && last.row / FN_BLOCK_ROWS == row / FN_BLOCK_ROWS && last.generation != generation;
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* A new row's number. A new generation begins a new block: the rest of the old one is never
 * given. */
static int next_row(struct fn_txn *t, uint16_t generation, uint32_t width, uint32_t *ret,
                    struct fn_error *err)
{
    uint64_t row;
    bool other = false;
    int rc = fn_next_id(t, "next.row", UINT32_MAX - 1, &row, err);
    if (rc)
        return rc;
    rc = other_generation(t, (uint32_t)row, generation, &other);
    if (rc)
        return corrupt(err, "tail of block", (uint32_t)row / FN_BLOCK_ROWS);
    if (other) {
        uint32_t first = (uint32_t)row / FN_BLOCK_ROWS * FN_BLOCK_ROWS;
        rc = fn_vectors_seal(t, first, width, err);
        if (!rc)
            rc = fn_meta_put_u64(t, "next.row", (uint64_t)first + FN_BLOCK_ROWS - 1, err);
        if (!rc)
            rc = fn_next_id(t, "next.row", UINT32_MAX - 1, &row, err);
    }
    *ret = (uint32_t)row;
    return rc;
}

int fn_vector_append(struct fn_txn *t, fn_face_id face, const int16_t x[FN_DIM],
                     const uint16_t *feature, uint32_t width, uint16_t generation,
                     uint32_t *ret_row, struct fn_error *err)
{
    uint32_t row = 0;
    int rc = next_row(t, generation, width, &row, err);
    if (rc)
        return rc;
    uint8_t key[4], v[FN_TAIL_BYTES];
    fn_put_be32(key, row);
    fn_tail_encode(&(struct fn_tail){.face = face, .generation = generation, .x = x}, v);
    rc = fn_tab_put(t, FN_T_VEC_TAIL, key, sizeof key, v, sizeof v, err);
    if (rc)
        return rc;
    void *p;
    rc = fn_tab_reserve(t, FN_T_FEAT_TAIL, key, sizeof key,
                        FN_FEAT_TAIL_HEAD + (size_t)2 * width, &p, err);
    if (rc)
        return rc;
    uint8_t *f = p;
    fn_feat_tail_head(width, generation, f);
    memcpy(f + FN_FEAT_TAIL_HEAD, feature, (size_t)2 * width);
    *ret_row = row;
    if (row % FN_BLOCK_ROWS == FN_BLOCK_ROWS - 1)
        rc = fn_vectors_seal(t, row - (FN_BLOCK_ROWS - 1), width, err);
    return rc;
}

/* Zeroes row i of a block through a copy: the map itself is read-only. */
static int clear_in_block(struct fn_txn *t, enum fn_table table, const struct fn_block *b,
                          uint32_t number, uint32_t i, struct fn_error *err)
{
    uint8_t *copy = fn_alloc_aligned(1, FN_BLOCK_BYTES);
    if (!copy)
        return fn_error_set(err, -ENOMEM, "out of memory for a block of vectors");
    memcpy(copy + FN_BLOCK_HEAD, b->payload, b->payload_n);
    memset(copy + FN_BLOCK_HEAD + (size_t)i * 2 * b->width, 0, (size_t)2 * b->width);
    if (b->kind == FN_BLOCK_VECTORS)
        fn_put_le32(copy + FN_BLOCK_FACES_AT + 4 * (size_t)i, 0);
    int rc = fn_block_put(t, table, number, copy, b->kind, b->generation, b->width, b->rows,
                          b->live ? b->live - 1 : 0, err);
    free(copy);
    return rc;
}

static int delete_sealed_feature(struct fn_txn *t, uint32_t row, struct fn_error *err)
{
    struct fn_cur c;
    int rc = fn_cur_open(t, FN_T_FEAT, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    struct fn_block b;
    uint32_t width = 0;
    if (!rc) { /* the width is the same in all of them */
        rc = fn_block_decode(c.key, c.val, FN_BLOCK_FEATURES, &b);
        width = rc ? 0 : b.width;
    }
    fn_cur_close(&c);
    if (rc)
        return rc;
    uint32_t rows = fn_feature_block_rows(width);
    rc = fn_block_get(t, FN_BLOCK_FEATURES, row / rows, &b);
    if (rc)
        return rc;
    return clear_in_block(t, FN_T_FEAT, &b, row / rows, row % rows, err);
}

/* FN_ENOTFOUND: no such row. */
static int delete_vector(struct fn_txn *t, uint32_t row, struct fn_error *err)
{
    uint8_t key[4];
    fn_put_be32(key, row);
    int rc = fn_tab_del(t, FN_T_VEC_TAIL, key, sizeof key, err);
    if (rc != FN_ENOTFOUND)
        return rc;
    struct fn_block b;
    rc = fn_block_get(t, FN_BLOCK_VECTORS, row / FN_BLOCK_ROWS, &b);
    uint32_t i = row % FN_BLOCK_ROWS;
    if (rc || fn_get_le32(block_faces(&b) + 4 * (size_t)i) == 0)
        return rc ? rc : FN_ENOTFOUND;
    return clear_in_block(t, FN_T_VEC, &b, row / FN_BLOCK_ROWS, i, err);
}

static int delete_feature(struct fn_txn *t, uint32_t row, struct fn_error *err)
{
    uint8_t key[4];
    fn_put_be32(key, row);
    int rc = fn_tab_del(t, FN_T_FEAT_TAIL, key, sizeof key, err);
    return rc == FN_ENOTFOUND ? delete_sealed_feature(t, row, err) : rc;
}

/* The other side may have the row, and features of its own. */
static int delete_there(struct fn_txn *t, uint32_t row, struct fn_error *err)
{
    fn_txn_view(t, FN_VIEW_OTHER);
    int rc = delete_vector(t, row, err);
    if (!rc && !fn_sides_share_features(t))
        rc = delete_feature(t, row, err);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_vector_delete(struct fn_txn *t, uint32_t row, struct fn_error *err)
{
    struct fn_sides s;
    fn_sides_get(t, &s);
    int rc = s.other == FN_OTHER_EMPTY ? 0 : delete_there(t, row, err);
    if (rc)
        return rc;
    rc = delete_vector(t, row, err);
    /* a face that the present model has not seen yet has neither vector nor feature */
    if (rc)
        return rc == FN_ENOTFOUND && s.generation > 1 ? 0 : corrupt(err, "vector row", row);
    rc = delete_feature(t, row, err);
    return rc ? corrupt(err, "feature row", row) : 0;
}

/* Gives the face of one row a new row in the tail. */
static int move_row(struct fn_txn *t, uint32_t row, fn_face_id face,
                    const struct fn_index_model *m, uint16_t *feature, struct fn_error *err)
{
    int16_t x[FN_DIM];
    struct fn_face_rec f;
    int rc = fn_vector_get(t, row, x);
    if (!rc)
        rc = fn_feature_get(t, row, feature, m->feature_width);
    if (!rc)
        rc = fn_face_get(t, face, &f);
    if (rc || f.row != row)
        return corrupt(err, "vector row", row);
    rc = fn_vector_append(t, face, x, feature, m->feature_width, m->generation, &f.row, err);
    if (!rc)
        rc = fn_face_update(t, &f, err);
    return rc ? rc : fn_vector_delete(t, row, err);
}

static int compact_block(struct fn_txn *t, const struct fn_block *b,
                         const struct fn_index_model *m, struct fn_error *err)
{
    uint32_t *faces = calloc(FN_BLOCK_ROWS, sizeof *faces);
    uint16_t *feature = calloc(m->feature_width, sizeof *feature);
    int rc = faces && feature
                 ? 0
                 : fn_error_set(err, -ENOMEM, "out of memory for a block of vectors");
    uint32_t first = b->first_row;
    if (!rc)
        memcpy(faces, block_faces(b), FN_BLOCK_ROWS * sizeof *faces);
    for (uint32_t i = 0; !rc && i < FN_BLOCK_ROWS; i++)
        if (faces[i])
            rc = move_row(t, first + i, faces[i], m, feature, err);
    free(feature);
    free(faces);
    return rc;
}

int fn_vectors_compact(struct fn_txn *t, struct fn_error *err)
{
    struct fn_index_model m;
    int rc = fn_index_model_get(t, &m, err);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc; /* no model: no vectors */
    struct fn_sides sides;
    fn_sides_get(t, &sides);
    if (sides.other == FN_OTHER_BUILDING)
        return 0; /* rows have their numbers on both sides; compacted after the switch */
    rc = fn_vectors_drop_kept(t, err);
    uint32_t number = 0;
    while (!rc) {
        struct fn_cur c;
        struct fn_block b = {0};
        uint8_t key[4];
        fn_put_be32(key, number);
        rc = fn_cur_open(t, FN_T_VEC, &c);
        if (!rc)
            rc = fn_cur_seek(&c, key, sizeof key);
        for (; !rc; rc = fn_cur_next(&c)) {
            if (fn_block_decode(c.key, c.val, FN_BLOCK_VECTORS, &b))
                rc = corrupt(err, "block", c.key.n == 4 ? fn_get_be32(c.key.p) : 0);
            if (rc || (b.generation == m.generation && b.live * 2 < b.rows))
                break;
        }
        fn_cur_close(&c);
        if (rc)
            return rc == FN_ENOTFOUND ? 0 : rc;
        rc = compact_block(t, &b, &m, err);
        number = b.first_row / FN_BLOCK_ROWS + 1;
    }
    return rc;
}

struct run {
    int16_t x[RUN_ROWS][FN_DIM];
    fn_face_id face[RUN_ROWS];
    uint32_t first;
    size_t n;
};

typedef int run_visit(uint32_t first_row, const int16_t *rows, const fn_face_id *faces,
                      size_t n, void *ctx);

static int run_flush(struct run *r, run_visit *visit, void *ctx)
{
    int rc = r->n ? visit(r->first, r->x[0], r->face, r->n, ctx) : 0;
    r->n = 0;
    return rc;
}

static int each_tail_run(struct fn_txn *t, uint16_t generation, run_visit *visit, void *ctx)
{
    struct run *r = fn_alloc_aligned(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    struct fn_cur c;
    int rc = fn_cur_open(t, FN_T_VEC_TAIL, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    int stop = 0;
    for (; !rc; rc = fn_cur_next(&c)) {
        struct fn_tail v;
        rc = fn_tail_decode(c.key, c.val, &v);
        if (!rc && v.generation != generation)
            continue;
        if (!rc && (r->n == RUN_ROWS || (r->n && v.row != r->first + r->n)))
            stop = run_flush(r, visit, ctx);
        if (rc || stop)
            break;
        if (r->n == 0)
            r->first = v.row;
        memcpy(r->x[r->n], v.x, FN_Q14_BYTES);
        r->face[r->n++] = v.face;
    }
    fn_cur_close(&c);
    if (!stop && rc == FN_ENOTFOUND) {
        rc = 0;
        stop = run_flush(r, visit, ctx);
    }
    free(r);
    return stop ? stop : rc;
}

int fn_vector_each_run(struct fn_txn *t, run_visit *visit, void *ctx)
{
    struct fn_cur c = {0};
    uint16_t generation = 1;
    int rc = fn_generation(t, &generation);
    if (!rc)
        rc = fn_cur_open(t, FN_T_VEC, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    int stop = 0;
    for (; !rc && !stop; rc = stop ? 0 : fn_cur_next(&c)) {
        struct fn_block b;
        rc = fn_block_decode(c.key, c.val, FN_BLOCK_VECTORS, &b);
        if (rc)
            break;
        if (b.generation != generation)
            continue;
        stop = visit(b.first_row, (const int16_t *)(const void *)b.payload,
                     (const fn_face_id *)(const void *)block_faces(&b), FN_BLOCK_ROWS, ctx);
    }
    fn_cur_close(&c);
    if (stop)
        return stop;
    return rc == FN_ENOTFOUND ? each_tail_run(t, generation, visit, ctx) : rc;
}
