/* SPDX-License-Identifier: MIT */
#include "index/records/record_changes.h"

int fn_change_add(struct fn_txn *t, enum fn_follower who, uint8_t what, uint32_t id,
                  struct fn_error *err)
{
    const struct fn_pending p = {.kind = what, .id = id};
    return fn_pending_add(t, who, &p, err);
}
