/* SPDX-License-Identifier: MIT */
/* Exact nearest neighbours, directly from the map.
 *
 * The kernel computes the distances of each run of rows. Only those within the bound (the k-th
 * so far) are examined, and only then is the face's record read, for its flags and for the
 * content key that breaks ties. So a scan costs little more than the kernel, and the result
 * depends on the set of faces alone, not on rows or on arrival.
 */
#include "index/search/search.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/kernels/cpu.h"
#include "index/records/records.h"

#define GROUP 16 /* distances compared with the bound in one block */

struct candidate {
    uint32_t d;
    fn_face_id face;
    uint64_t ckey;
};

struct search {
    struct fn_txn *t;
    const struct fn_vector_kernels *kernels;
    const int16_t *x;
    fn_face_id except;
    fn_search_filter *filter;
    uint32_t max_d;
    size_t k, n;
    struct candidate *heap; /* the farthest on top */
    uint32_t d[FN_BLOCK_ROWS];
};

static bool farther(const struct candidate *a, const struct candidate *b)
{
    if (a->d != b->d)
        return a->d > b->d;
    return a->ckey != b->ckey ? a->ckey > b->ckey : a->face > b->face;
}

static void sift_down(struct candidate *heap, size_t n)
{
    for (size_t i = 0;;) {
        size_t far = i, left = 2 * i + 1;
        for (size_t child = left; child <= left + 1 && child < n; child++)
            if (farther(&heap[child], &heap[far]))
                far = child;
        if (far == i)
            return;
        struct candidate swap = heap[i];
        heap[i] = heap[far];
        heap[far] = swap;
        i = far;
    }
}

static void sift_up(struct candidate *heap, size_t i)
{
    while (i && farther(&heap[i], &heap[(i - 1) / 2])) {
        struct candidate swap = heap[i];
        heap[i] = heap[(i - 1) / 2];
        heap[(i - 1) / 2] = swap;
        i = (i - 1) / 2;
    }
}

static int is_live(struct fn_txn *t, const struct fn_face_rec *f, bool *ret)
{
    (void)t;
    *ret = !(f->flags & (FN_FACE_GONE | FN_FACE_NOTFACE));
    return 0;
}

static int offer(struct search *s, uint32_t row, fn_face_id face, uint32_t d)
{
    if (face == 0 || face == s->except)
        return 0;
    struct fn_face_rec f;
    int rc = fn_face_get(s->t, face, &f);
    if (rc || f.row != row)
        return rc && rc != FN_ENOTFOUND ? rc : FN_ECORRUPT;
    bool found = false;
    rc = s->filter(s->t, &f, &found);
    if (rc || !found)
        return rc;
    struct candidate c = {d, face, f.ckey};
    if (s->n < s->k) {
        s->heap[s->n] = c;
        sift_up(s->heap, s->n++);
    } else if (farther(&s->heap[0], &c)) {
        s->heap[0] = c;
        sift_down(s->heap, s->n);
    }
    return 0;
}

static uint32_t bound(const struct search *s)
{
    return s->n < s->k ? s->max_d : s->heap[0].d;
}

static int scan_run(uint32_t first_row, const int16_t *rows, const fn_face_id *faces, size_t n,
                    void *ctx)
{
    struct search *s = ctx;
    s->kernels->d2_rows(s->d, s->x, rows, n, FN_DIM);
    uint32_t limit = bound(s);
    for (size_t at = 0; at < n; at += GROUP) {
        size_t end = at + GROUP < n ? at + GROUP : n;
        unsigned any = 0;
        for (size_t i = at; i < end; i++)
            any |= s->d[i] <= limit;
        for (size_t i = at; any && i < end; i++) {
            if (s->d[i] > limit)
                continue;
            int rc = offer(s, first_row + (uint32_t)i, faces[i], s->d[i]);
            if (rc)
                return rc;
            limit = bound(s);
        }
    }
    return 0;
}

int fn_search(struct fn_txn *t, const int16_t x[FN_DIM], uint32_t max_d, size_t k,
              fn_face_id except, struct fn_hit *hits, size_t *ret_n, struct fn_error *err)
{
    return fn_search_among(t, x, max_d, k, except, is_live, hits, ret_n, err);
}

int fn_search_among(struct fn_txn *t, const int16_t x[FN_DIM], uint32_t max_d, size_t k,
                    fn_face_id except, fn_search_filter *filter, struct fn_hit *hits,
                    size_t *ret_n, struct fn_error *err)
{
    if (k == 0) {
        *ret_n = 0;
        return 0;
    }
    struct search *s = calloc(1, sizeof *s);
    struct candidate *heap = calloc(k, sizeof *heap);
    int rc = -ENOMEM;
    if (!s || !heap)
        goto out;
    *s = (struct search){.t = t,
                         .kernels = fn_vector_kernels(FN_CPU_DETECT),
                         .x = x,
                         .except = except,
                         .filter = filter,
                         .max_d = max_d,
                         .k = k,
                         .heap = heap};
    rc = fn_vector_each_run(t, scan_run, s);
    if (rc)
        goto out;
    *ret_n = s->n;
    while (s->n) { /* farthest last */
        s->n--;
        hits[s->n] = (struct fn_hit){heap[0].face, heap[0].d};
        heap[0] = heap[s->n];
        sift_down(heap, s->n);
    }
out:
    free(heap);
    free(s);
    return rc ? fn_error_set(err, rc, "cannot search the index: %s", fn_strerror(rc)) : 0;
}
