/* SPDX-License-Identifier: MIT */
#include "index/ingest/update.h"

#include "index/edits/edits.h"
#include "index/labels/label_changes.h"
#include "index/people/people.h"
#include "index/store/sides.h"

/* The generation that is being built follows as well. */
static int update_other_side(struct fn_txn *t, struct fn_error *err)
{
    struct fn_sides s;
    fn_sides_get(t, &s);
    if (s.other != FN_OTHER_BUILDING)
        return 0;
    fn_txn_view(t, FN_VIEW_OTHER);
    int rc = fn_people_update(t, err);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    return rc;
}

int fn_index_update(struct fn_txn *t, struct fn_error *err)
{
    int rc = 0;
    while (!rc && fn_pending_count(t)) {
        rc = fn_labels_update(t, err);
        if (!rc)
            rc = fn_edits_update(t, err);
        if (!rc)
            rc = fn_people_update(t, err);
        if (!rc)
            rc = update_other_side(t, err);
    }
    return rc;
}

int fn_index_expire(struct fn_txn *t, int64_t gone_before_s, uint64_t *ret_n,
                    struct fn_error *err)
{
    int rc = fn_index_update(t, err);
    return rc ? rc : fn_photos_expire(t, gone_before_s, fn_photo_is_kept, ret_n, err);
}

int fn_index_commit(struct fn_txn *t, struct fn_error *err)
{
    int rc = fn_index_update(t, err);
    if (!rc)
        return fn_txn_commit(t, err);
    fn_txn_abort(t);
    return rc;
}
