/* SPDX-License-Identifier: MIT */
/* Roots: the indexed folders. There are few of them, so finding one by its path is a walk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/records/counts.h"
#include "index/records/records.h"
#include "index/records/rows.h"

int fn_root_get(struct fn_txn *t, fn_root_id id, struct fn_root *ret)
{
    uint8_t key[2];
    fn_put_be16(key, id);
    struct fn_slice v;
    int rc = fn_tab_get(t, FN_T_ROOT, key, sizeof key, &v);
    return rc ? rc : fn_root_decode((struct fn_slice){key, sizeof key}, v, ret);
}

int fn_root_each(struct fn_txn *t, int (*visit)(const struct fn_root *r, void *ctx), void *ctx)
{
    struct fn_cur c;
    int stop = 0, rc = fn_cur_open(t, FN_T_ROOT, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    while (!rc && !stop) {
        struct fn_root r;
        rc = fn_root_decode(c.key, c.val, &r);
        if (rc)
            break;
        stop = visit(&r, ctx);
        rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    if (stop)
        return stop;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

struct by_path {
    const char *path;
    struct fn_root *ret;
};

static int same_path(const struct fn_root *r, void *ctx)
{
    struct by_path *b = ctx;
    if (strcmp(r->path, b->path) != 0)
        return 0;
    *b->ret = *r;
    return 1;
}

int fn_root_by_path(struct fn_txn *t, const char *path, struct fn_root *ret)
{
    struct by_path b = {path, ret};
    int rc = fn_root_each(t, same_path, &b);
    if (rc == 0)
        return FN_ENOTFOUND;
    return rc == 1 ? 0 : rc;
}

int fn_root_put(struct fn_txn *t, struct fn_root *r, struct fn_error *err)
{
    size_t n = strnlen(r->path, sizeof r->path);
    if (n == 0 || n == sizeof r->path || r->path[0] != '/')
        return fn_error_set(err, -EINVAL,
                            "a root needs an absolute path of at most 4095 bytes");
    if (r->state > FN_ROOT_HELD || strnlen(r->reason, sizeof r->reason) == sizeof r->reason)
        return fn_error_set(err, -EINVAL, "root '%s': no such state", r->path);
    uint64_t id = r->id;
    int rc = id ? 0 : fn_next_id(t, "next.root", UINT16_MAX, &id, err);
    uint8_t *v = rc ? NULL : malloc(FN_ROOT_BYTES);
    if (!rc && !v)
        rc = fn_error_set(err, -ENOMEM, "out of memory for a root");
    uint8_t key[2];
    fn_put_be16(key, (uint16_t)id);
    if (!rc)
        rc = fn_tab_put(t, FN_T_ROOT, key, sizeof key, v, fn_root_encode(r, v), err);
    free(v);
    if (!rc)
        r->id = (fn_root_id)id;
    return rc;
}

/* The first path of a root; FN_ENOTFOUND when it has none. */
static int first_path(struct fn_txn *t, fn_root_id root, struct fn_path *ret)
{
    struct fn_cur c;
    uint8_t key[2];
    fn_put_be16(key, root);
    int rc = fn_cur_open(t, FN_T_PATH, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    if (!rc)
        rc = fn_path_decode(c.key, c.val, ret);
    if (!rc && ret->root != root)
        rc = FN_ENOTFOUND;
    fn_cur_close(&c);
    return rc;
}

int fn_root_delete(struct fn_txn *t, fn_root_id id, struct fn_error *err)
{
    struct fn_path p;
    int rc;
    while ((rc = first_path(t, id, &p)) == 0) {
        rc = fn_path_delete(t, id, p.path, err);
        if (rc)
            return rc;
    }
    if (rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "a path of root %u is damaged; run 'fnq doctor'", id);
    rc = fn_queue_remove_root(t, id, err);
    if (!rc)
        rc = fn_counts_forget(t, id, err);
    uint8_t key[2];
    fn_put_be16(key, id);
    if (!rc)
        rc = fn_tab_del(t, FN_T_ROOT, key, sizeof key, err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}
