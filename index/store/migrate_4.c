/* SPDX-License-Identifier: MIT */
/* Format 3 to 4. Tables that depend on the model have two sides; what there is is side 0, which
 * stays active. Programs of format 3 would misread an index of which side 1 is active. */
#include "index/store/migrate.h"

int fn_migrate_3_4(struct fn_txn *t, struct fn_error *err)
{
    return fn_meta_put_u64(t, "min_reader", 4, err);
}
