/* SPDX-License-Identifier: MIT */
#include "index/records/record_changes.h"

#include <string.h>

#include "engine/base/endian.h"
#include "index/store/sides.h"

int fn_people_change_add(struct fn_txn *t, const struct fn_pending *p, struct fn_error *err)
{
    struct fn_sides s;
    fn_sides_get(t, &s);
    int rc = fn_pending_add(t, FN_FOLLOW_PEOPLE, p, err);
    return rc || s.other != FN_OTHER_BUILDING
               ? rc
               : fn_pending_add(t, FN_FOLLOW_PEOPLE_OTHER, p, err);
}

int fn_change_add(struct fn_txn *t, enum fn_follower who, uint8_t what, uint32_t id,
                  struct fn_error *err)
{
    const struct fn_pending p = {.kind = what, .id = id};
    return who == FN_FOLLOW_PEOPLE ? fn_people_change_add(t, &p, err)
                                   : fn_pending_add(t, who, &p, err);
}

int fn_shown_add(struct fn_txn *t, fn_photo_id photo, const struct fn_shown *s,
                 struct fn_error *err)
{
    struct fn_pending p = {.kind = FN_CHANGE_SHOWN, .id = photo};
    fn_put_be32(p.name, s->before);
    p.name[4] = s->came;
    memcpy(p.name + 5, s->path, sizeof s->path);
    return fn_pending_add(t, FN_FOLLOW_EDITS, &p, err);
}

void fn_shown_take(const struct fn_pending *p, struct fn_shown *ret)
{
    ret->before = fn_get_be32(p->name);
    ret->came = p->name[4];
    memcpy(ret->path, p->name + 5, sizeof ret->path);
}
