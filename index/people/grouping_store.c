/* SPDX-License-Identifier: MIT */
#include "index/people/grouping_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"

enum { KEY = 7, PREFIX = 3 };

static void row_key(uint8_t key[KEY], uint16_t generation, uint8_t kind, uint32_t id)
{
    fn_put_be16(key, generation);
    key[2] = kind;
    fn_put_be32(key + 3, id);
}

/* ---- reading ---- */

static int get(void *ctx, uint8_t kind, uint32_t id, const uint8_t **ret, size_t *ret_n)
{
    struct fn_grouping_rows *r = ctx;
    uint8_t key[KEY];
    struct fn_slice v;
    row_key(key, r->generation, kind, id);
    int rc = fn_tab_get(r->t, FN_T_GROUPING, key, sizeof key, &v);
    if (rc)
        return rc;
    *ret = v.p;
    *ret_n = v.n;
    return 0;
}

static int each(void *ctx, uint8_t kind,
                int (*visit)(uint32_t id, const uint8_t *v, size_t n, void *arg), void *arg)
{
    struct fn_grouping_rows *r = ctx;
    struct fn_cur c = {0};
    uint8_t key[KEY];
    row_key(key, r->generation, kind, 0);
    int stop = 0, rc = fn_cur_open(r->t, FN_T_GROUPING, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    for (; !rc && !stop && c.key.n == KEY && !memcmp(c.key.p, key, PREFIX);
         rc = stop ? 0 : fn_cur_next(&c))
        stop = visit(fn_get_be32(c.key.p + PREFIX), c.val.p, c.val.n, arg);
    fn_cur_close(&c);
    return stop ? stop : rc == FN_ENOTFOUND ? 0 : rc;
}

/* FN_ENOTFOUND: the face was deleted before clustering processed it. */
static int vector(void *ctx, uint32_t face, int16_t *ret)
{
    struct fn_grouping_rows *r = ctx;
    return fn_face_vector(r->t, face, ret);
}

struct run {
    int (*visit)(const int16_t *rows, const uint32_t *faces, size_t n, void *arg);
    void *arg;
};

static int pass_run(uint32_t first_row, const int16_t *rows, const fn_face_id *faces, size_t n,
                    void *ctx)
{
    const struct run *x = ctx;
    (void)first_row;
    return x->visit(rows, faces, n, x->arg);
}

static int vectors(void *ctx,
                   int (*visit)(const int16_t *rows, const uint32_t *faces, size_t n,
                                void *arg),
                   void *arg)
{
    struct fn_grouping_rows *r = ctx;
    return fn_vector_each_run(r->t, pass_run, &(struct run){visit, arg});
}

static int photo(void *ctx, uint32_t id, uint32_t *ret, size_t max, size_t *ret_n)
{
    struct fn_grouping_rows *r = ctx;
    return fn_face_ids_of_photo(r->t, id, ret, max, ret_n);
}

void fn_grouping_rows_init(struct fn_grouping_rows *r, struct fn_txn *t, uint16_t generation)
{
    *r = (struct fn_grouping_rows){.store = {.ctx = r,
                                             .get = get,
                                             .each = each,
                                             .vector = vector,
                                             .vectors = vectors,
                                             .photo = photo},
                                   .t = t,
                                   .generation = generation};
}

/* ---- writing ---- */

struct write {
    struct fn_grouping_rows *r;
    struct fn_error *err;
};

static int write_row(uint8_t kind, uint32_t id, const uint8_t *v, size_t n, void *arg)
{
    const struct write *w = arg;
    uint8_t key[KEY];
    row_key(key, w->r->generation, kind, id);
    if (n)
        return fn_tab_put(w->r->t, FN_T_GROUPING, key, sizeof key, v, n, w->err);
    int rc = fn_tab_del(w->r->t, FN_T_GROUPING, key, sizeof key, w->err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_grouping_rows_write(struct fn_grouping_rows *r, struct fn_grouping *g,
                           struct fn_error *err)
{
    return fn_grouping_records(g, write_row, &(struct write){r, err});
}

/* The first row of neither generation, at the cursor. FN_ENOTFOUND. */
static int seek_dead(struct fn_cur *c, uint16_t keep, uint16_t and_keep)
{
    uint16_t g = 0;
    uint8_t key[KEY];
    for (;;) {
        row_key(key, g, 0, 0);
        int rc = fn_cur_seek(c, key, sizeof key);
        if (rc)
            return rc;
        if (c->key.n != KEY)
            return FN_ECORRUPT;
        g = fn_get_be16(c->key.p);
        if (g != keep && g != and_keep)
            return 0;
        if (g++ == UINT16_MAX)
            return FN_ENOTFOUND;
    }
}

int fn_grouping_rows_dead(struct fn_txn *t, uint16_t keep, uint16_t and_keep, bool *ret)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, FN_T_GROUPING, &c);
    if (!rc)
        rc = seek_dead(&c, keep, and_keep);
    fn_cur_close(&c);
    *ret = !rc;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_grouping_rows_sweep(struct fn_txn *t, uint16_t keep, uint16_t and_keep, size_t max,
                           bool *ret_left, struct fn_error *err)
{
    struct fn_cur c = {0};
    size_t n = 0;
    int rc = fn_cur_open(t, FN_T_GROUPING, &c);
    if (!rc)
        rc = seek_dead(&c, keep, and_keep);
    for (; !rc && n < max; n++) {
        uint16_t g = c.key.n == KEY ? fn_get_be16(c.key.p) : 0;
        if (g == keep || g == and_keep)
            break; /* whether there are more after it is checked next time */
        rc = fn_cur_del(&c, err);
        if (!rc)
            rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    return fn_grouping_rows_dead(t, keep, and_keep, ret_left);
}
