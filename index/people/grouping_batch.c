/* SPDX-License-Identifier: MIT */
/* Faces as input of clustering: vectors, photos and labels. A person is the hash of its id
 * there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/people/settle_priv.h"
#include "index/records/records.h"

void fn_batch_finish(struct fn_batch *b)
{
    free(b->gone);
    free(b->put);
    free(b->x);
    free(b->nots);
    *b = (struct fn_batch){0};
}

static uint64_t person_number(const struct fn_person_id *p)
{
    uint64_t h = fn_hash64(p->b, sizeof p->b);
    return h ? h : 1;
}

static int by_u64(const void *pa, const void *pb)
{
    uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;
    return (a > b) - (a < b);
}

static int add_nots(struct fn_batch *b, struct fn_grouping_face *f,
                    const struct fn_face_say *say)
{
    uint64_t *v = fn_array_grow(b->nots, &b->nots_cap, b->n_nots + say->n_rejected, sizeof *v);
    if (!v)
        return -ENOMEM;
    b->nots = v;
    uint64_t *nots = b->nots + b->n_nots;
    for (size_t i = 0; i < say->n_rejected; i++)
        nots[i] = person_number(&say->rejected[i]);
    qsort(nots, say->n_rejected, sizeof *nots, by_u64);
    for (size_t i = 0; i < say->n_rejected; i++)
        if (!i || nots[i] != nots[f->n_nots - 1])
            nots[f->n_nots++] = nots[i];
    b->n_nots += f->n_nots;
    return 0;
}

/* *ret_has_vector: otherwise it is not added. */
static int add_face(struct fn_txn *t, struct fn_batch *b, const struct fn_face_rec *rec,
                    bool *ret_has_vector)
{
    struct fn_grouping_face *f = &b->put[b->n_put];
    int16_t *x = b->x + b->n_put * FN_DIM;
    struct fn_face_say *say = NULL;
    *f = (struct fn_grouping_face){.id = rec->id,
                                   .key = rec->ckey,
                                   .photo = rec->photo,
                                   .poor = rec->flags & FN_FACE_POOR,
                                   .x = x};
    int rc = fn_vector_get(t, rec->row, x);
    *ret_has_vector = rc != FN_ENOTFOUND;
    if (rc == FN_ENOTFOUND)
        return 0;
    if (!rc)
        rc = fn_face_say_get(t, rec->id, &say);
    if (!rc && say && say->confirmed)
        f->is = person_number(&say->person);
    if (!rc && say && say->n_rejected)
        rc = add_nots(b, f, say);
    free(say);
    if (!rc)
        b->n_put++;
    return rc;
}

int fn_batch_load(struct fn_txn *t, const fn_face_id *faces, size_t n, struct fn_batch *ret)
{
    struct fn_batch b = {.gone = malloc((n + 1) * sizeof *b.gone),
                         .put = calloc(n + 1, sizeof *b.put),
                         .x = malloc((n + 1) * FN_Q14_BYTES)};
    int rc = b.gone && b.put && b.x ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < n; i++) {
        struct fn_face_rec f;
        bool takes_part = false;
        rc = fn_face_get(t, faces[i], &f);
        if (!rc)
            rc = fn_face_takes_part(t, &f, &takes_part);
        else if (rc == FN_ENOTFOUND)
            rc = 0;
        if (!rc && takes_part)
            rc = add_face(t, &b, &f, &takes_part);
        if (!rc && !takes_part)
            b.gone[b.n_gone++] = faces[i];
    }
    if (rc) {
        fn_batch_finish(&b);
        return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
    }
    size_t at = 0; /* the array has its place now */
    for (size_t i = 0; i < b.n_put; i++) {
        b.put[i].nots = b.nots ? b.nots + at : NULL;
        at += b.put[i].n_nots;
    }
    *ret = b;
    return 0;
}

/* ---- all faces ---- */

/* Those that take part with a prio from `from` on, below `below`; ascending by id. */
static int faces_within(struct fn_txn *t, uint64_t from, uint64_t below, fn_face_id **ret,
                        size_t *ret_n)
{
    struct fn_cur c = {0};
    size_t n = 0, cap = 0;
    fn_face_id *v = NULL;
    int rc = fn_cur_open(t, FN_T_FACE, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c)) {
        struct fn_face_rec f;
        bool takes_part;
        rc = fn_face_decode(c.key, c.val, &f);
        if (!rc)
            rc = fn_face_takes_part(t, &f, &takes_part);
        if (rc)
            break;
        uint64_t prio = fn_grouping_prio(f.ckey);
        prio -= prio == UINT64_MAX; /* the end is open */
        if (!takes_part || prio < from || prio >= below)
            continue;
        fn_face_id *w = fn_array_grow(v, &cap, n + 1, sizeof *w);
        if (!w) {
            rc = -ENOMEM;
            break;
        }
        v = w;
        v[n++] = f.id;
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND) {
        free(v);
        return rc;
    }
    *ret = v;
    *ret_n = n;
    return 0;
}

int fn_faces_all(struct fn_txn *t, fn_face_id **ret, size_t *ret_n)
{
    return faces_within(t, 0, UINT64_MAX, ret, ret_n);
}

/* Prios are hashes and evenly distributed, so a range of them stands for a number of faces. */
int fn_faces_next(struct fn_txn *t, uint64_t cursor, size_t max, fn_face_id **ret,
                  size_t *ret_n, uint64_t *ret_cursor)
{
    uint64_t count = fn_tab_count(t, FN_T_FACE);
    uint64_t step = count <= max ? UINT64_MAX : UINT64_MAX / count * max;
    int rc;
    do {
        uint64_t from = cursor > step ? cursor - step : 0;
        rc = faces_within(t, from, cursor, ret, ret_n);
        cursor = from;
    } while (!rc && !*ret_n && cursor);
    *ret_cursor = cursor;
    return rc;
}
