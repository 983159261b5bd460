/* SPDX-License-Identifier: MIT */
#include "index/people/settle_priv.h"
#include "index/records/rows.h"
#include "index/records/stale.h"

int fn_group_of_stale(struct fn_txn *t, fn_face_id face, uint64_t *group)
{
    struct fn_face_rec f;
    uint16_t generation;
    bool takes_part = false;
    if (*group || fn_tab_count(t, FN_T_STALE) == 0)
        return 0;
    int rc = fn_generation(t, &generation);
    if (rc || !fn_stale_has(t, generation, face))
        return rc;
    rc = fn_face_get(t, face, &f);
    if (!rc)
        rc = fn_face_takes_part(t, &f, &takes_part);
    if (!rc && takes_part && !(f.flags & FN_FACE_POOR))
        *group = f.ckey;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

struct count {
    struct fn_txn *t;
    uint64_t n;
};

static int count_member(fn_face_id face, void *ctx)
{
    struct count *c = ctx;
    struct fn_member_rec m;
    uint64_t own = 0;
    int rc = fn_member_rec_get(c->t, face, &m);
    if (!rc)
        rc = fn_group_of_stale(c->t, face, &own);
    c->n += !rc && m.group == own;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_stale_members(struct fn_txn *t, uint64_t *ret)
{
    struct count c = {.t = t};
    uint16_t generation;
    int rc = fn_generation(t, &generation);
    if (!rc)
        rc = fn_stale_each(t, generation, count_member, &c);
    *ret = c.n;
    return rc;
}
