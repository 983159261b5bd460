/* SPDX-License-Identifier: MIT */
/* How close a face is to its cluster, by the sketches in the state of clustering. The state is
 * loaded as far as needed and cached for the transaction. If it does not know (clusters of an
 * older format, a face displayed separately), some faces of the cluster are used. */
#include <errno.h>
#include <stdlib.h>

#include "engine/kernels/cpu.h"
#include "index/people/grouping_store.h"
#include "index/people/settings.h"

enum { SOME = 8 };

struct view {
    struct fn_grouping_rows rows;
    struct fn_grouping *g; /* NULL: there is no state */
};

static void view_destroy(void *p)
{
    struct view *v = p;
    fn_grouping_destroy(v->g);
    free(v);
}

static int view_of(struct fn_txn *t, struct view **ret)
{
    struct fn_settings s;
    if ((*ret = fn_txn_kept(t, FN_KEPT_PEOPLE)))
        return 0;
    int rc = fn_settings_get(t, &s);
    struct view *v = rc ? NULL : calloc(1, sizeof *v);
    if (!v)
        return rc ? rc : -ENOMEM;
    fn_grouping_rows_init(&v->rows, t, s.active);
    if (s.active)
        rc = fn_grouping_create(FN_DIM, &s.t, &v->rows.store, &v->g);
    if (rc) {
        free(v);
        return rc;
    }
    fn_txn_keep(t, FN_KEPT_PEOPLE, v, view_destroy);
    *ret = v;
    return 0;
}

struct some {
    struct fn_txn *t;
    fn_face_id face;
    const int16_t *x;
    uint64_t sum;
    uint32_t n;
    int rc;
};

static int add_some(const struct fn_face_row *r, void *ctx)
{
    struct some *s = ctx;
    int16_t y[FN_DIM];
    if (r->f.face == s->face)
        return 0;
    s->rc = fn_face_vector(s->t, r->f.face, y);
    if (s->rc == FN_ENOTFOUND) {
        s->rc = 0;
        return 0;
    }
    if (s->rc)
        return 1;
    s->sum += fn_vector_kernels(FN_CPU_DETECT)->d2(s->x, y, FN_DIM);
    return ++s->n == SOME;
}

int fn_group_distance(struct fn_txn *t, fn_face_id face, uint64_t group, uint32_t *ret)
{
    int16_t x[FN_DIM];
    struct view *v;
    struct some s = {.t = t, .face = face, .x = x};
    int rc = fn_face_vector(t, face, x);
    if (rc == FN_ENOTFOUND) { /* the model has not seen it (yet): nothing to compare */
        *ret = 0;
        return 0;
    }
    if (!rc)
        rc = view_of(t, &v);
    if (rc)
        return rc;
    rc = v->g ? fn_grouping_distance(v->g, face, x, ret) : FN_ENOTFOUND;
    if (rc != FN_ENOTFOUND)
        return rc;
    rc = fn_group_faces_walk(t, group, add_some, &s);
    if (rc < 0 || s.rc)
        return s.rc ? s.rc : rc;
    *ret = s.n ? (uint32_t)(s.sum / s.n) : 0;
    return 0;
}
