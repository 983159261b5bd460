/* SPDX-License-Identifier: MIT */
/* The places of gone photos, made anew out of the list of gone photos. */
#include "index/records/photos.h"
#include "index/records/rows.h"
#include "index/store/tables.h"

static int drop_all(struct fn_txn *t, struct fn_error *err)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, FN_T_TOMB_PLACE, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c))
        rc = fn_cur_del(&c, err);
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

struct repair {
    struct fn_txn *t;
    struct fn_error *err;
};

static int put_again(const struct fn_photo *p, void *ctx)
{
    const struct repair *r = ctx;
    char last[FN_PLACE_MAX];
    int rc = fn_photo_last_path(r->t, p, last, sizeof last);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    return fn_tomb_place_put(r->t, p->id, last, r->err);
}

int fn_tomb_places_repair(struct fn_txn *t, struct fn_error *err)
{
    struct repair r = {t, err};
    if (err)
        err->text[0] = 0;
    int rc = drop_all(t, err);
    if (!rc)
        rc = fn_photo_each_gone(t, put_again, &r);
    return rc && !(err && err->text[0])
               ? fn_error_set(err, rc, "the places of gone photos cannot be written again: %s",
                              fn_strerror(rc))
               : rc;
}
