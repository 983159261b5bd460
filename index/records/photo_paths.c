/* SPDX-License-Identifier: MIT */
/* Paths. The key is the hash of the path, since LMDB limits keys to 511 bytes; the value has
 * the path itself, as bytes. Colliding paths are distinguished by the last byte of the key. The
 * paths of a photo are found by an index of marks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/endian.h"
#include "engine/base/paths.h"
#include "index/records/counts.h"
#include "index/records/record_changes.h"
#include "index/records/records.h"
#include "index/records/rows.h"

#define RENAME_BYTES_MAX ((size_t)1 << 30)

const char *fn_path_below(const char *path, const char *from)
{
    size_t n = strlen(from);
    if (n == 0)
        return path;
    if (strncmp(path, from, n) != 0 || (path[n] != '/' && path[n] != 0))
        return NULL;
    return path + n;
}

int fn_path_moved(char *out, size_t size, const char *to, const char *rest)
{
    bool root = *to == 0;
    if (root && *rest == '/')
        rest++; /* "a/x" moved into the root itself */
    const char *slash = !root && *rest && *rest != '/' ? "/" : "";
    int n = snprintf(out, size, "%s%s%s", to, slash, rest);
    return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

/* Finds the path's key. FN_ENOTFOUND: key is a free one for it. ret may be NULL. */
static int find(struct fn_txn *t, fn_root_id root, const char *path, uint8_t key[FN_PATH_KEY],
                struct fn_path *ret)
{
    size_t n = strlen(path);
    unsigned free_n = 0;
    fn_path_key(root, fn_hash64(path, n), 0, key);
    struct fn_cur c;
    int rc = fn_cur_open(t, FN_T_PATH, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, FN_PATH_KEY);
    for (; !rc; rc = fn_cur_next(&c)) {
        if (c.key.n != FN_PATH_KEY || memcmp(c.key.p, key, FN_PATH_KEY - 1) != 0) {
            rc = FN_ENOTFOUND;
            break;
        }
        if (c.val.n >= FN_PATH_HEAD + n && fn_get_le16(c.val.p + 2) == n &&
            memcmp(c.val.p + FN_PATH_HEAD, path, n) == 0) {
            struct fn_path scratch;
            rc = fn_path_decode(c.key, c.val, ret ? ret : &scratch);
            key[FN_PATH_KEY - 1] = c.key.p[FN_PATH_KEY - 1];
            break;
        }
        if (c.key.p[FN_PATH_KEY - 1] == free_n)
            free_n++;
    }
    fn_cur_close(&c);
    if (rc == FN_ENOTFOUND) {
        if (free_n > UINT8_MAX)
            return FN_ELIMIT;
        key[FN_PATH_KEY - 1] = (uint8_t)free_n;
    }
    return rc;
}

int fn_path_get(struct fn_txn *t, fn_root_id root, const char *path, struct fn_path *ret)
{
    uint8_t key[FN_PATH_KEY];
    return find(t, root, path, key, ret);
}

static void mark_key(fn_photo_id photo, const uint8_t path_key[FN_PATH_KEY], uint8_t out[15])
{
    fn_put_be32(out, photo);
    memcpy(out + 4, path_key, FN_PATH_KEY);
}

static int drop_mark(struct fn_txn *t, fn_photo_id photo, const uint8_t key[FN_PATH_KEY],
                     struct fn_error *err)
{
    uint8_t mark[15];
    mark_key(photo, key, mark);
    int rc = fn_tab_del(t, FN_T_PATH_PHOTO, mark, sizeof mark, err);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(err, FN_ECORRUPT,
                            "photo %u lacks one of its paths; run 'fnq doctor'", photo);
    return rc;
}

void fn_path_place(struct fn_txn *t, const struct fn_path *p, char out[FN_PLACE_MAX])
{
    struct fn_root root;
    out[0] = '\0';
    if (fn_root_get(t, p->root, &root) == 0)
        (void)snprintf(out, FN_PLACE_MAX, "%s%s%s", root.path,
                       strcmp(root.path, "/") == 0 ? "" : "/", p->path);
}

/* The photo of a path that is gone or has another content now. */
static int lost(struct fn_txn *t, const struct fn_path *old, struct fn_error *err)
{
    char absolute[FN_PLACE_MAX];
    fn_path_place(t, old, absolute);
    return fn_photo_lost_path(t, old->photo, absolute, err);
}

/* renamed: the file was at another path before. If it replaces a file, that is as good as new
 * content at this path. */
static int put(struct fn_txn *t, const struct fn_path *p, bool renamed, struct fn_error *err)
{
    size_t n = strnlen(p->path, sizeof p->path);
    if (!fn_path_storable(p->path, n) || p->root == 0 || p->photo == 0)
        return fn_error_set(err, -EINVAL, "a path needs a root, a photo and 1 to 4095 bytes");
    uint8_t key[FN_PATH_KEY], mark[15], v[FN_PATH_BYTES];
    struct fn_path old;
    int rc = find(t, p->root, p->path, key, &old);
    bool had = rc == 0, came = (had && renamed) || !fn_photo_has_path(t, p->photo);
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "the record of path '%s': %s", p->path, fn_strerror(rc));
    rc = fn_tab_put(t, FN_T_PATH, key, sizeof key, v, fn_path_encode(p, v), err);
    if (!rc && !had)
        rc = fn_counts_path(t, p->root, 1, err);
    if (rc || (had && old.photo == p->photo))
        return rc;
    mark_key(p->photo, key, mark);
    rc = fn_tab_put(t, FN_T_PATH_PHOTO, mark, sizeof mark, fn_mark, sizeof fn_mark, err);
    if (!rc && had)
        rc = drop_mark(t, old.photo, key, err);
    if (!rc)
        rc = fn_photo_got_path(t, p->photo, err);
    if (!rc && had)
        rc = lost(t, &old, err);
    if (rc || (!had && !came))
        return rc;
    struct fn_shown shown = {.before = had ? old.photo : 0, .came = came};
    memcpy(shown.path, key, sizeof shown.path);
    return fn_shown_add(t, p->photo, &shown, err);
}

int fn_path_put(struct fn_txn *t, const struct fn_path *p, struct fn_error *err)
{
    return put(t, p, false, err);
}

int fn_path_by_key(struct fn_txn *t, const uint8_t key[FN_PATH_KEY], struct fn_path *ret)
{
    struct fn_slice v, k = {key, FN_PATH_KEY};
    int rc = fn_tab_get(t, FN_T_PATH, key, FN_PATH_KEY, &v);
    return rc ? rc : fn_path_decode(k, v, ret);
}

static int take_first(const struct fn_path *p, void *ctx)
{
    *(struct fn_path *)ctx = *p;
    return 1;
}

/* A photo that lost one of its paths may have been moved: what it replaced is looked for now.
 */
static int still_shown(struct fn_txn *t, fn_photo_id photo, struct fn_error *err)
{
    struct fn_path p;
    struct fn_shown shown = {.came = false};
    int rc = fn_path_each_of_photo(t, photo, take_first, &p);
    if (rc <= 0)
        return rc;
    rc = find(t, p.root, p.path, shown.path, NULL);
    return rc ? rc : fn_shown_add(t, photo, &shown, err);
}

int fn_path_delete(struct fn_txn *t, fn_root_id root, const char *path, struct fn_error *err)
{
    uint8_t key[FN_PATH_KEY];
    struct fn_path old;
    int rc = find(t, root, path, key, &old);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (rc)
        return fn_error_set(err, rc, "the record of path '%s': %s", path, fn_strerror(rc));
    rc = fn_tab_del(t, FN_T_PATH, key, sizeof key, err);
    if (!rc)
        rc = fn_counts_path(t, root, -1, err);
    if (!rc)
        rc = drop_mark(t, old.photo, key, err);
    if (!rc)
        rc = lost(t, &old, err);
    return rc ? rc : still_shown(t, old.photo, err);
}

static int rename_one(struct fn_txn *t, const struct fn_path *old, fn_root_id to_root,
                      const char *to, const char *rest, struct fn_error *err)
{
    struct fn_path moved = *old;
    moved.root = to_root;
    moved.ctime_ns = 0; /* a rename changes it: that is no reason to read the file again */
    int rc = fn_path_moved(moved.path, sizeof moved.path, to, rest);
    if (rc)
        return fn_error_set(err, rc, "the new path of '%s' is too long", old->path);
    if (moved.root == old->root && strcmp(moved.path, old->path) == 0)
        return 0;
    rc = put(t, &moved, true, err); /* first, so that the photo is never without a path */
    return rc ? rc : fn_path_delete(t, old->root, old->path, err);
}

/* All paths of the root below from, as C strings one after the other. */
static int collect_below(struct fn_txn *t, fn_root_id root, const char *from,
                         struct fn_buf *out)
{
    struct fn_cur c;
    uint8_t key[2];
    fn_put_be16(key, root);
    int rc = fn_cur_open(t, FN_T_PATH, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    for (; !rc; rc = fn_cur_next(&c)) {
        struct fn_path p;
        rc = fn_path_decode(c.key, c.val, &p);
        if (rc || p.root != root)
            break;
        if (fn_path_below(p.path, from))
            fn_buf_add(out, p.path, strlen(p.path) + 1);
    }
    fn_cur_close(&c);
    if (fn_buf_failed(out))
        return -ENOMEM;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int rename_folder(struct fn_txn *t, fn_root_id from_root, const char *from,
                         fn_root_id to_root, const char *to, uint64_t *ret_n,
                         struct fn_error *err)
{
    struct fn_buf paths;
    fn_buf_init(&paths, RENAME_BYTES_MAX);
    uint64_t n = 0;
    int rc = collect_below(t, from_root, from, &paths);
    if (rc)
        rc = fn_error_set(err, rc, "cannot list the paths below '%s': %s", from,
                          fn_strerror(rc));
    for (const char *p = paths.data; !rc && p && p < paths.data + paths.len;
         p += strlen(p) + 1) {
        struct fn_path old;
        rc = fn_path_get(t, from_root, p, &old);
        if (!rc)
            rc = rename_one(t, &old, to_root, to, fn_path_below(p, from), err);
        n++;
    }
    fn_buf_finish(&paths);
    if (!rc)
        *ret_n = n;
    return rc;
}

int fn_path_rename(struct fn_txn *t, fn_root_id from_root, const char *from, fn_root_id to_root,
                   const char *to, uint64_t *ret_n, struct fn_error *err)
{
    uint64_t n = 0;
    if (from_root == to_root && strcmp(from, to) == 0) {
        *ret_n = 0;
        return 0;
    }
    if (from_root == to_root && fn_path_below(to, from))
        return fn_error_set(err, -EINVAL, "'%s' cannot be moved into itself", from);
    struct fn_path old;
    int rc = fn_path_get(t, from_root, from, &old);
    if (rc == 0) {
        rc = rename_one(t, &old, to_root, to, "", err);
        n = 1;
    } else if (rc == FN_ENOTFOUND) {
        rc = rename_folder(t, from_root, from, to_root, to, &n, err);
    } else {
        return fn_error_set(err, rc, "the record of path '%s': %s", from, fn_strerror(rc));
    }
    if (!rc)
        rc = fn_queue_rename(t, from_root, from, to_root, to, err);
    if (!rc)
        *ret_n = n;
    return rc;
}

int fn_path_each_of_photo(struct fn_txn *t, fn_photo_id id,
                          int (*visit)(const struct fn_path *p, void *ctx), void *ctx)
{
    struct fn_cur c;
    uint8_t key[4];
    fn_put_be32(key, id);
    int stop = 0, rc = fn_cur_open(t, FN_T_PATH_PHOTO, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    while (!rc && !stop && c.key.n == 15 && memcmp(c.key.p, key, 4) == 0) {
        struct fn_slice v, k = {c.key.p + 4, FN_PATH_KEY};
        struct fn_path p;
        rc = fn_tab_get(t, FN_T_PATH, k.p, k.n, &v);
        if (!rc)
            rc = fn_path_decode(k, v, &p);
        if (rc || p.photo != id) {
            rc = FN_ECORRUPT;
            break;
        }
        stop = visit(&p, ctx);
        rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    if (stop)
        return stop;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_path_each_of_root(struct fn_txn *t, fn_root_id root,
                         int (*visit)(const struct fn_path *p, void *ctx), void *ctx)
{
    struct fn_cur c;
    uint8_t key[2];
    fn_put_be16(key, root);
    int stop = 0, rc = fn_cur_open(t, FN_T_PATH, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    while (!rc && !stop) {
        struct fn_path p;
        rc = fn_path_decode(c.key, c.val, &p);
        if (rc || p.root != root)
            break;
        stop = visit(&p, ctx);
        rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    if (stop)
        return stop;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

struct absolute {
    struct fn_txn *t;
    char *out;
    size_t size;
    bool found;
};

static int take_absolute(const struct fn_path *p, void *ctx)
{
    struct absolute *a = ctx;
    struct fn_root r;
    int rc = fn_root_get(a->t, p->root, &r);
    if (rc)
        return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
    bool online = r.state != FN_ROOT_AWAY;
    if (a->found && !online)
        return 0;
    const char *slash = strcmp(r.path, "/") == 0 ? "" : "/";
    int n = snprintf(a->out, a->size, "%s%s%s", r.path, slash, p->path);
    if (n < 0 || (size_t)n >= a->size)
        return -ENAMETOOLONG;
    a->found = true;
    return online ? 1 : 0;
}

int fn_path_absolute(struct fn_txn *t, fn_photo_id id, char *out, size_t size)
{
    struct absolute a = {t, out, size, false};
    int rc = fn_path_each_of_photo(t, id, take_absolute, &a);
    if (rc < 0)
        return rc;
    return a.found ? 0 : FN_ENOTFOUND;
}
