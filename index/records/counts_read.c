/* SPDX-License-Identifier: MIT */
/* The counts for those who ask, and for those who check them. */
#include "index/records/counts_priv.h"

#include "index/records/queue.h"
#include "index/store/tables.h"

#define COUNT_GOOD "count.good" /* kept by faces.c */

static int fill(struct fn_txn *t, const struct fn_photo_numbers *c, struct fn_counts *ret)
{
    *ret = (struct fn_counts){.photos = c->n[FN_PHOTO_OK],
                              .bad = c->n[FN_PHOTO_BAD],
                              .gone = c->n[FN_PHOTO_GONE],
                              .faces = c->n[FN_NUMBER_FACES],
                              .paths = fn_tab_count(t, FN_T_PATH)};
    return fn_queue_count(t, &ret->queued);
}

int fn_counts_get(struct fn_txn *t, struct fn_counts *ret)
{
    struct fn_photo_numbers c;
    int rc = fn_photo_numbers_load(t, &c);
    if (rc == FN_ENOTFOUND)
        rc = fn_photo_numbers_plain(t, &c);
    rc = rc ? rc : fill(t, &c, ret);
    return rc ? rc : fn_faces_good(t, &ret->good);
}

static int add_good(const struct fn_face_rec *f, void *ctx)
{
    *(uint64_t *)ctx += !(f->flags & (FN_FACE_GONE | FN_FACE_NOTFACE | FN_FACE_POOR));
    return 0;
}

int fn_counts_plain(struct fn_txn *t, struct fn_counts *ret)
{
    struct fn_photo_numbers c;
    int rc = fn_photo_numbers_plain(t, &c);
    rc = rc ? rc : fill(t, &c, ret);
    return rc ? rc : fn_face_each(t, add_good, &ret->good);
}

struct repair {
    struct fn_txn *t;
    struct fn_error *err;
};

static int repair_root(const struct fn_root *r, void *ctx)
{
    const struct repair *p = ctx;
    int rc = fn_counts_forget(p->t, r->id, p->err);
    return rc ? rc : fn_counts_path(p->t, r->id, 0, p->err);
}

int fn_counts_repair(struct fn_txn *t, struct fn_error *err)
{
    struct fn_photo_numbers c;
    struct repair r = {t, err};
    uint64_t good = 0;
    int rc = fn_photo_numbers_plain(t, &c);
    rc = rc ? rc : fn_face_each(t, add_good, &good);
    if (rc)
        return fn_error_set(err, rc, "photos and faces cannot be counted: %s", fn_strerror(rc));
    rc = fn_photo_numbers_save(t, &c, err);
    rc = rc ? rc : fn_meta_put_u64(t, COUNT_GOOD, good, err);
    return rc ? rc : fn_root_each(t, repair_root, &r);
}
