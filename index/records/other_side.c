/* SPDX-License-Identifier: MIT */
#include "index/records/rows.h"

int fn_vectors_drop_other(struct fn_txn *t, struct fn_error *err)
{
    static const enum fn_table sided[] = {
        FN_T_VEC,    FN_T_VEC_TAIL,      FN_T_MEMBER,       FN_T_GROUP,   FN_T_GROUP_FACES,
        FN_T_PERSON, FN_T_PERSON_GROUPS, FN_T_PERSON_FACES, FN_T_WAITING, FN_T_GROUPING};
    struct fn_sides s;
    bool shared = fn_sides_share_features(t);
    int rc = 0;
    fn_txn_view(t, FN_VIEW_OTHER);
    for (size_t i = 0; !rc && i < sizeof sided / sizeof *sided; i++)
        rc = fn_tab_clear(t, sided[i], err);
    if (!rc && !shared)
        rc = fn_tab_clear(t, FN_T_FEAT, err);
    if (!rc && !shared)
        rc = fn_tab_clear(t, FN_T_FEAT_TAIL, err);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    fn_sides_get(t, &s);
    s.other = FN_OTHER_EMPTY;
    s.features[1 - s.active] = s.features[s.active];
    return rc ? rc : fn_sides_put(t, &s, err);
}

int fn_vectors_drop_kept(struct fn_txn *t, struct fn_error *err)
{
    struct fn_sides s;
    fn_sides_get(t, &s);
    return s.other == FN_OTHER_KEPT ? fn_vectors_drop_other(t, err) : 0;
}
