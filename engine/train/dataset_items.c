/* SPDX-License-Identifier: MIT */
/* Faces that are already known, as a data set; see fn_dataset_from_items. */
#include "engine/train/dataset_priv.h"

int fn_dataset_from_items(const struct fn_dataset_item *item, size_t n, const char *where,
                          struct fn_dataset **ret, struct fn_error *err)
{
    struct fn_rows r = {0};
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        rc = fn_rows_add(&r, item[i].path, item[i].name_at, item[i].person, FN_SPLIT_TRAIN,
                         item[i].box, err);
        if (!rc) {
            r.row[r.n - 1].has_frame = true;
            r.row[r.n - 1].frame = item[i].frame;
        }
    }
    rc = rc ? rc : fn_rows_finish(&r, where, ret, err);
    fn_rows_free(&r);
    return rc;
}
