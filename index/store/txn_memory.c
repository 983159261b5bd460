/* SPDX-License-Identifier: MIT */
#include "index/store/store_priv.h"

void *fn_txn_kept(const struct fn_txn *t, enum fn_kept slot)
{
    return t->kept[slot].p;
}

void fn_txn_keep(struct fn_txn *t, enum fn_kept slot, void *kept, void (*release)(void *kept))
{
    if (t->kept[slot].p)
        t->kept[slot].release(t->kept[slot].p);
    t->kept[slot].p = kept;
    t->kept[slot].release = release;
}
