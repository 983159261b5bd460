/* SPDX-License-Identifier: MIT */
#include "index/store/sides.h"

#include <stdio.h>

#include "engine/base/endian.h"
#include "index/store/store_priv.h"

enum { BYTES = 16 };
#define KEY "sides"

/* An index that never had a second generation has no record. */
int fn_sides_load(struct fn_txn *t)
{
    uint8_t b[BYTES];
    t->sides = (struct fn_sides){.generation = 1};
    int rc = fn_meta_get(t, KEY, b, sizeof b);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    if (b[0] > 1 || b[1] > FN_OTHER_KEPT || b[2] > 1 || b[3] > 1)
        return FN_ECORRUPT;
    t->sides = (struct fn_sides){.active = b[0],
                                 .other = b[1],
                                 .features = {b[2], b[3]},
                                 .generation = fn_get_le16(b + 4)};
    return 0;
}

void fn_sides_get(const struct fn_txn *t, struct fn_sides *ret)
{
    *ret = t->sides;
}

int fn_sides_put(struct fn_txn *t, const struct fn_sides *s, struct fn_error *err)
{
    uint8_t b[BYTES] = {s->active, s->other, s->features[0], s->features[1]};
    fn_put_le16(b + 4, s->generation);
    int rc = fn_meta_put(t, KEY, b, sizeof b, err);
    if (!rc)
        t->sides = *s;
    return rc;
}

void fn_txn_view(struct fn_txn *t, enum fn_view view)
{
    if (t->view != view)
        fn_txn_keep(t, FN_KEPT_PEOPLE, NULL, NULL);
    t->view = view;
}

enum fn_view fn_txn_viewed(const struct fn_txn *t)
{
    return t->view;
}

bool fn_sides_share_features(const struct fn_txn *t)
{
    return t->sides.features[0] == t->sides.features[1];
}

const char *fn_sided_key(const struct fn_txn *t, const char *key, char out[FN_SIDED_KEY])
{
    (void)snprintf(out, FN_SIDED_KEY, "%s%s", key, fn_txn_side(t) ? ".1" : "");
    return out;
}
