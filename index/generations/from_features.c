/* SPDX-License-Identifier: MIT */
/* Vectors from the stored features: no photo is opened. Whole blocks are read and written; the
 * rows of the tail follow. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/endian.h"
#include "index/generations/generations_priv.h"
#include "index/people/settle.h"
#include "index/records/rows.h"

struct work {
    struct fn_txn *t;
    const struct fn_projection *p;
    struct fn_index_model model;
    uint16_t *features; /* of a block */
    uint8_t *block;
    struct fn_error *err;
};

static int gather(struct work *w, uint32_t first, const uint8_t *faces, uint32_t *ret_live)
{
    uint32_t width = w->model.feature_width;
    *ret_live = 0;
    memset(w->features, 0, (size_t)FN_BLOCK_ROWS * 2 * width);
    int rc = 0;
    for (uint32_t i = 0; !rc && i < FN_BLOCK_ROWS; i++) {
        if (!fn_get_le32(faces + 4 * (size_t)i))
            continue;
        rc = fn_feature_get(w->t, first + i, w->features + (size_t)i * width, width);
        ++*ret_live;
    }
    return rc;
}

/* People of the faces that get a vector. The view is that of the other side. */
static int tell_new(struct work *w, uint32_t first, const uint8_t *faces)
{
    bool begun = false;
    int rc = fn_people_begun(w->t, &begun);
    for (uint32_t i = 0; !rc && begun && i < FN_BLOCK_ROWS; i++) {
        const struct fn_face_rec f = {.row = first + i};
        fn_face_id face = fn_get_le32(faces + 4 * (size_t)i);
        bool there = false;
        if (face)
            rc = fn_has_vector(w->t, &f, &there);
        if (!rc && face && !there)
            rc = fn_next_tell(w->t, face, w->err);
    }
    return rc;
}

static int project_block(struct work *w, const struct fn_block *b)
{
    uint32_t live;
    memset(w->block, 0, FN_BLOCK_BYTES);
    uint8_t *faces = w->block + FN_BLOCK_FACES_AT;
    memcpy(faces, b->payload + FN_BLOCK_ROWS * FN_Q14_BYTES, (size_t)4 * FN_BLOCK_ROWS);
    int16_t *x = (int16_t *)(void *)(w->block + FN_BLOCK_HEAD);
    uint32_t first = b->first_row, number = first / FN_BLOCK_ROWS;
    int rc = gather(w, first, faces, &live);
    if (!rc)
        rc = w->p->project(w->p->ctx, w->features, FN_BLOCK_ROWS, w->model.feature_width, x);
    for (uint32_t i = 0; !rc && i < FN_BLOCK_ROWS; i++)
        if (!fn_get_le32(faces + 4 * (size_t)i))
            memset(x + (size_t)i * FN_DIM, 0, FN_Q14_BYTES);
    if (rc)
        return rc;
    fn_txn_view(w->t, FN_VIEW_OTHER);
    rc = tell_new(w, first, faces);
    if (!rc)
        rc = fn_block_put(w->t, FN_T_VEC, number, w->block, FN_BLOCK_VECTORS,
                          w->model.generation, FN_DIM, FN_BLOCK_ROWS, live, w->err);
    fn_txn_view(w->t, FN_VIEW_ACTIVE);
    return rc;
}

/* The first block from a number on. FN_ENOTFOUND. */
static int next_block(struct fn_txn *t, uint32_t from, struct fn_block *ret)
{
    struct fn_cur c = {0};
    uint8_t key[4];
    fn_put_be32(key, from);
    int rc = fn_cur_open(t, FN_T_VEC, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    if (!rc)
        rc = fn_block_decode(c.key, c.val, FN_BLOCK_VECTORS, ret);
    fn_cur_close(&c);
    return rc;
}

static int project_tail_row(struct work *w, const struct fn_tail *r)
{
    struct fn_face_rec f = {.row = r->row};
    int16_t x[FN_DIM];
    bool there = false;
    fn_face_id face = r->face;
    fn_txn_view(w->t, FN_VIEW_OTHER);
    int rc = fn_has_vector(w->t, &f, &there);
    fn_txn_view(w->t, FN_VIEW_ACTIVE);
    if (rc || there)
        return rc;
    rc = fn_feature_get(w->t, f.row, w->features, w->model.feature_width);
    if (!rc)
        rc = w->p->project(w->p->ctx, w->features, 1, w->model.feature_width, x);
    if (rc)
        return rc;
    fn_txn_view(w->t, FN_VIEW_OTHER);
    rc = fn_vector_fill(w->t, f.row, face, x, NULL, &w->model, w->err);
    if (!rc)
        rc = fn_next_tell(w->t, face, w->err);
    fn_txn_view(w->t, FN_VIEW_ACTIVE);
    return rc;
}

/* A table must not change under a cursor, so it is opened again for each row. */
static int project_tail(struct work *w)
{
    uint32_t from = 0;
    for (;;) {
        struct fn_cur c = {0};
        struct fn_tail r;
        uint8_t key[4];
        fn_put_be32(key, from);
        int rc = fn_cur_open(w->t, FN_T_VEC_TAIL, &c);
        if (!rc)
            rc = fn_cur_seek(&c, key, sizeof key);
        if (!rc)
            rc = fn_tail_decode(c.key, c.val, &r);
        fn_cur_close(&c);
        if (rc)
            return rc == FN_ENOTFOUND ? 0 : rc;
        from = r.row + 1;
        rc = project_tail_row(w, &r);
        if (rc)
            return rc;
    }
}

/* A block that was sealed since has rows that came as tail rows: they are projected again, and
 * leave the tail. */
static int drop_tail(struct work *w, uint32_t number)
{
    fn_txn_view(w->t, FN_VIEW_OTHER);
    int rc = 0;
    bool any = fn_tab_count(w->t, FN_T_VEC_TAIL) > 0;
    for (uint32_t i = 0; !rc && any && i < FN_BLOCK_ROWS; i++) {
        uint8_t key[4];
        fn_put_be32(key, number * FN_BLOCK_ROWS + i);
        rc = fn_tab_del(w->t, FN_T_VEC_TAIL, key, sizeof key, w->err);
        rc = rc == FN_ENOTFOUND ? 0 : rc;
    }
    fn_txn_view(w->t, FN_VIEW_ACTIVE);
    return rc;
}

static int project_some(struct work *w, size_t max_blocks)
{
    struct fn_next_state s;
    struct fn_block b;
    int rc = fn_next_state_get(w->t, &s);
    for (size_t i = 0; !rc && i < max_blocks; i++) {
        rc = next_block(w->t, s.block, &b);
        if (rc)
            break;
        s.block = b.first_row / FN_BLOCK_ROWS + 1;
        rc = project_block(w, &b);
        if (!rc)
            rc = drop_tail(w, s.block - 1);
    }
    bool done = rc == FN_ENOTFOUND;
    if (!rc || done)
        rc = fn_next_state_put(w->t, &s, w->err);
    return rc || !done ? rc : project_tail(w);
}

int fn_next_project(struct fn_txn *t, const struct fn_projection *p, size_t max_blocks,
                    uint64_t *ret_left, struct fn_error *err)
{
    struct work w = {.t = t, .p = p, .err = err};
    struct fn_next n;
    if (err)
        err->text[0] = 0;
    int rc = fn_next_enter(t, &w.model, err);
    if (rc)
        return rc;
    fn_txn_view(t, FN_VIEW_ACTIVE);
    w.features = calloc(FN_BLOCK_ROWS, (size_t)2 * w.model.feature_width);
    w.block = fn_alloc_aligned(1, FN_BLOCK_BYTES);
    rc = w.features && w.block ? project_some(&w, max_blocks) : -ENOMEM;
    free(w.features);
    free(w.block);
    if (!rc)
        rc = fn_next_get(t, &n);
    if (!rc)
        *ret_left = n.faces - n.vectors;
    return rc && !(err && err->text[0])
               ? fn_error_set(err, rc, "vectors of '%s': %s", w.model.profile, fn_strerror(rc))
               : rc;
}
