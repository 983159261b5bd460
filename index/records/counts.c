/* SPDX-License-Identifier: MIT */
/* Counters in `meta`: `count.photos` has photos by state and the faces of those that can be
 * read, `count.paths.ROOT` the paths of a root. Either is made from the records where it is not
 * there yet, by the first change that would have changed it. */
#include "index/records/counts.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/records/queue.h"
#include "index/store/tables.h"

#define COUNT_PHOTOS "count.photos"
#define COUNT_GOOD   "count.good" /* kept by faces.c */
enum { STATES = FN_PHOTO_GONE + 1, FACES = STATES, NUMBERS };

struct numbers {
    uint64_t n[NUMBERS];
};

/* False: a number would be less than none. */
static bool add(struct numbers *c, const struct fn_photo *p, int by)
{
    uint64_t faces = p->state == FN_PHOTO_OK ? p->n_faces : 0;
    if (by < 0 && (!c->n[p->state] || c->n[FACES] < faces))
        return false;
    c->n[p->state] += (uint64_t)(int64_t)by;
    c->n[FACES] += by < 0 ? -faces : faces;
    return true;
}

static int add_photo(const struct fn_photo *p, void *ctx)
{
    (void)add(ctx, p, 1);
    return 0;
}

static int count_photos(struct fn_txn *t, struct numbers *ret)
{
    *ret = (struct numbers){{0}};
    return fn_photo_each(t, add_photo, ret);
}

/* FN_ENOTFOUND: the last writer did not keep them. */
static int load(struct fn_txn *t, struct numbers *ret)
{
    uint8_t b[8 * NUMBERS];
    int rc = fn_meta_get(t, COUNT_PHOTOS, b, sizeof b);
    for (int i = 0; !rc && i < NUMBERS; i++)
        ret->n[i] = fn_get_le64(b + (size_t)8 * i);
    return rc;
}

static int save(struct fn_txn *t, const struct numbers *c, struct fn_error *err)
{
    uint8_t b[8 * NUMBERS];
    for (int i = 0; i < NUMBERS; i++)
        fn_put_le64(b + (size_t)8 * i, c->n[i]);
    return fn_meta_put(t, COUNT_PHOTOS, b, sizeof b, err);
}

int fn_counts_photo(struct fn_txn *t, const struct fn_photo *was, const struct fn_photo *now,
                    struct fn_error *err)
{
    struct numbers c;
    int rc = load(t, &c);
    bool kept = !rc && (!was || add(&c, was, -1)) && (!now || add(&c, now, 1));
    if (!kept)
        rc = rc && rc != FN_ENOTFOUND && rc != FN_ECORRUPT ? rc : count_photos(t, &c);
    if (rc)
        return fn_error_set(err, rc, "photos cannot be counted: %s", fn_strerror(rc));
    return save(t, &c, err);
}

/* ---- paths ---- */

enum { ROOT_KEY = 32 };

static void root_key(fn_root_id root, char out[ROOT_KEY])
{
    (void)snprintf(out, ROOT_KEY, "count.paths.%u", (unsigned)root);
}

static int add_path(const struct fn_path *p, void *ctx)
{
    (void)p;
    ++*(uint64_t *)ctx;
    return 0;
}

int fn_counts_root_plain(struct fn_txn *t, fn_root_id root, uint64_t *ret)
{
    *ret = 0;
    return fn_path_each_of_root(t, root, add_path, ret);
}

int fn_counts_root(struct fn_txn *t, fn_root_id root, uint64_t *ret)
{
    char key[ROOT_KEY];
    root_key(root, key);
    int rc = fn_meta_get_u64(t, key, ret);
    return rc == FN_ENOTFOUND ? fn_counts_root_plain(t, root, ret) : rc;
}

int fn_counts_path(struct fn_txn *t, fn_root_id root, int by, struct fn_error *err)
{
    char key[ROOT_KEY];
    uint64_t n = 0;
    root_key(root, key);
    int rc = fn_meta_get_u64(t, key, &n);
    if (!rc && (by > 0 || n))
        n += (uint64_t)(int64_t)by;
    else if (!rc || rc == FN_ENOTFOUND || rc == FN_ECORRUPT)
        rc = fn_counts_root_plain(t, root, &n);
    if (rc)
        return fn_error_set(err, rc, "the paths of root %u cannot be counted: %s", root,
                            fn_strerror(rc));
    return fn_meta_put_u64(t, key, n, err);
}

int fn_counts_forget(struct fn_txn *t, fn_root_id root, struct fn_error *err)
{
    char key[ROOT_KEY];
    root_key(root, key);
    int rc = fn_tab_del(t, FN_T_META, key, strlen(key), err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* ---- all of them ---- */

static int fill(struct fn_txn *t, const struct numbers *c, struct fn_counts *ret)
{
    *ret = (struct fn_counts){.photos = c->n[FN_PHOTO_OK],
                              .bad = c->n[FN_PHOTO_BAD],
                              .gone = c->n[FN_PHOTO_GONE],
                              .faces = c->n[FACES],
                              .paths = fn_tab_count(t, FN_T_PATH)};
    return fn_queue_count(t, &ret->queued);
}

int fn_counts_get(struct fn_txn *t, struct fn_counts *ret)
{
    struct numbers c;
    int rc = load(t, &c);
    if (rc == FN_ENOTFOUND)
        rc = count_photos(t, &c);
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
    struct numbers c;
    int rc = count_photos(t, &c);
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
    struct numbers c;
    struct repair r = {t, err};
    uint64_t good = 0;
    int rc = count_photos(t, &c);
    rc = rc ? rc : fn_face_each(t, add_good, &good);
    if (rc)
        return fn_error_set(err, rc, "photos and faces cannot be counted: %s", fn_strerror(rc));
    rc = save(t, &c, err);
    rc = rc ? rc : fn_meta_put_u64(t, COUNT_GOOD, good, err);
    return rc ? rc : fn_root_each(t, repair_root, &r);
}
