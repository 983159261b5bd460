/* SPDX-License-Identifier: MIT */
/* Counters in `meta`: `count.photos` has photos by state and the faces of those that can be
 * read, `count.paths.ROOT` the paths of a root. Either is made from the records where it is not
 * there yet, by the first change that would have changed it. */
#include "index/records/counts_priv.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/records/records.h"

#define COUNT_PHOTOS "count.photos"

/* False: a number would be less than none. */
static bool add(struct fn_photo_numbers *c, const struct fn_photo *p, int by)
{
    uint64_t faces = p->state == FN_PHOTO_OK ? p->n_faces : 0;
    if (by < 0 && (!c->n[p->state] || c->n[FN_NUMBER_FACES] < faces))
        return false;
    c->n[p->state] += (uint64_t)(int64_t)by;
    c->n[FN_NUMBER_FACES] += by < 0 ? -faces : faces;
    return true;
}

int fn_photo_numbers_plain(struct fn_txn *t, struct fn_photo_numbers *ret)
{
    struct fn_cur c;
    struct fn_photo p;
    *ret = (struct fn_photo_numbers){{0}};
    int rc = fn_cur_open(t, FN_T_PHOTO, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    while (!rc && !(rc = fn_photo_decode(c.key, c.val, &p))) {
        (void)add(ret, &p, 1);
        rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_photo_numbers_load(struct fn_txn *t, struct fn_photo_numbers *ret)
{
    uint8_t b[8 * FN_NUMBERS];
    int rc = fn_meta_get(t, COUNT_PHOTOS, b, sizeof b);
    for (int i = 0; !rc && i < FN_NUMBERS; i++)
        ret->n[i] = fn_get_le64(b + (size_t)8 * i);
    return rc;
}

int fn_photo_numbers_save(struct fn_txn *t, const struct fn_photo_numbers *c,
                          struct fn_error *err)
{
    uint8_t b[8 * FN_NUMBERS];
    for (int i = 0; i < FN_NUMBERS; i++)
        fn_put_le64(b + (size_t)8 * i, c->n[i]);
    return fn_meta_put(t, COUNT_PHOTOS, b, sizeof b, err);
}

int fn_counts_photo(struct fn_txn *t, const struct fn_photo *was, const struct fn_photo *now,
                    struct fn_error *err)
{
    struct fn_photo_numbers c;
    int rc = fn_photo_numbers_load(t, &c);
    bool kept = !rc && (!was || add(&c, was, -1)) && (!now || add(&c, now, 1));
    if (!kept)
        rc = rc && rc != FN_ENOTFOUND && rc != FN_ECORRUPT ? rc : fn_photo_numbers_plain(t, &c);
    if (rc)
        return fn_error_set(err, rc, "photos cannot be counted: %s", fn_strerror(rc));
    return fn_photo_numbers_save(t, &c, err);
}

/* ---- paths ---- */

enum { ROOT_KEY = 32 };

static void root_key(fn_root_id root, char out[ROOT_KEY])
{
    (void)snprintf(out, ROOT_KEY, "count.paths.%u", (unsigned)root);
}

int fn_counts_root_plain(struct fn_txn *t, fn_root_id root, uint64_t *ret)
{
    struct fn_cur c;
    uint8_t key[2];
    fn_put_be16(key, root);
    *ret = 0;
    int rc = fn_cur_open(t, FN_T_PATH, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    while (!rc && c.key.n == FN_PATH_KEY && fn_get_be16(c.key.p) == root) {
        ++*ret;
        rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
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
