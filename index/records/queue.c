/* SPDX-License-Identifier: MIT */
/* The durable queue of paths to be processed: ordered by priority and arrival, one entry per
 * path. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/endian.h"
#include "index/records/records.h"
#include "index/records/rows.h"

#define PLACE_BYTES 12 /* value of queue_path: ver, flags, prio, 0, seq */
#define TRIES_MAX   255

static int get_entry(struct fn_txn *t, struct fn_slice place, struct fn_queue_entry *ret)
{
    if (place.n != PLACE_BYTES || place.p[0] != FN_RECORD_VERSION)
        return FN_ECORRUPT;
    uint8_t key[FN_QUEUE_KEY];
    fn_queue_key(place.p[2], fn_get_le64(place.p + 4), key);
    struct fn_slice v;
    int rc = fn_tab_get(t, FN_T_QUEUE, key, sizeof key, &v);
    if (!rc)
        rc = fn_queue_decode((struct fn_slice){key, sizeof key}, v, ret);
    return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
}

/* Finds the path's entry and its key in queue_path. FN_ENOTFOUND: key is a free one. */
static int find(struct fn_txn *t, fn_root_id root, const char *path, uint8_t key[FN_PATH_KEY],
                struct fn_queue_entry *ret)
{
    unsigned free_n = 0;
    fn_path_key(root, fn_hash64(path, strlen(path)), 0, key);
    struct fn_cur c;
    int rc = fn_cur_open(t, FN_T_QUEUE_PATH, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, FN_PATH_KEY);
    for (; !rc; rc = fn_cur_next(&c)) {
        if (c.key.n != FN_PATH_KEY || memcmp(c.key.p, key, FN_PATH_KEY - 1) != 0) {
            rc = FN_ENOTFOUND;
            break;
        }
        rc = get_entry(t, c.val, ret);
        if (rc)
            break;
        if (strcmp(ret->path, path) == 0) {
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

static int damaged(int rc, const char *path, struct fn_error *err)
{
    return fn_error_set(err, rc, "the queue entry of '%s': %s", path, fn_strerror(rc));
}

static int put_entry(struct fn_txn *t, const struct fn_queue_entry *e, struct fn_error *err)
{
    uint8_t key[FN_QUEUE_KEY], v[FN_QUEUE_BYTES];
    fn_queue_key(e->prio, e->seq, key);
    return fn_tab_put(t, FN_T_QUEUE, key, sizeof key, v, fn_queue_encode(e, v), err);
}

/* At the end of its priority. */
static int append(struct fn_txn *t, struct fn_queue_entry *e,
                  const uint8_t path_key[FN_PATH_KEY], struct fn_error *err)
{
    int rc = fn_next_id(t, "next.queue", UINT64_MAX - 1, &e->seq, err);
    if (!rc)
        rc = put_entry(t, e, err);
    uint8_t place[PLACE_BYTES] = {FN_RECORD_VERSION, 0, e->prio, 0};
    fn_put_le64(place + 4, e->seq);
    return rc ? rc
              : fn_tab_put(t, FN_T_QUEUE_PATH, path_key, FN_PATH_KEY, place, sizeof place, err);
}

static int drop_entry(struct fn_txn *t, const struct fn_queue_entry *e, struct fn_error *err)
{
    uint8_t key[FN_QUEUE_KEY];
    fn_queue_key(e->prio, e->seq, key);
    return fn_tab_del(t, FN_T_QUEUE, key, sizeof key, err);
}

int fn_queue_push(struct fn_txn *t, const struct fn_queue_entry *e, struct fn_error *err)
{
    if (!fn_path_storable(e->path, strnlen(e->path, sizeof e->path)) || e->root == 0)
        return fn_error_set(err, -EINVAL,
                            "a queue entry needs a root and a path of 1 to 4095 bytes");
    uint8_t key[FN_PATH_KEY];
    struct fn_queue_entry old;
    int rc = find(t, e->root, e->path, key, &old);
    if (rc && rc != FN_ENOTFOUND)
        return damaged(rc, e->path, err);
    struct fn_queue_entry now = *e;
    if (rc == FN_ENOTFOUND)
        return append(t, &now, key, err);
    if (old.size == e->size && old.mtime_ns == e->mtime_ns && old.inode == e->inode) {
        now.tries = old.tries; /* the same file: what is known about it stays valid */
        now.not_before_s = old.not_before_s;
    }
    if (e->prio < old.prio) {
        rc = drop_entry(t, &old, err);
        return rc ? rc : append(t, &now, key, err);
    }
    now.prio = old.prio;
    now.seq = old.seq;
    return put_entry(t, &now, err);
}

int fn_queue_peek(struct fn_txn *t, int64_t now_s, const struct fn_queue_entry *after,
                  struct fn_queue_entry *ret, size_t max, size_t *ret_n)
{
    struct fn_cur c;
    uint8_t key[FN_QUEUE_KEY];
    fn_queue_key(after ? after->prio : 0, after ? after->seq + 1 : 0, key);
    size_t n = 0;
    int rc = fn_cur_open(t, FN_T_QUEUE, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, sizeof key);
    for (; !rc && n < max; rc = fn_cur_next(&c)) {
        rc = fn_queue_decode(c.key, c.val, &ret[n]);
        if (rc)
            break;
        if (ret[n].not_before_s <= now_s)
            n++;
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    *ret_n = n;
    return 0;
}

int fn_queue_remove(struct fn_txn *t, fn_root_id root, const char *path, struct fn_error *err)
{
    uint8_t key[FN_PATH_KEY];
    struct fn_queue_entry e;
    int rc = find(t, root, path, key, &e);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (!rc)
        rc = drop_entry(t, &e, err);
    if (!rc)
        rc = fn_tab_del(t, FN_T_QUEUE_PATH, key, sizeof key, err);
    return rc ? damaged(rc, path, err) : 0;
}

int fn_queue_requeue(struct fn_txn *t, fn_root_id root, const char *path, int64_t not_before_s,
                     struct fn_error *err)
{
    uint8_t key[FN_PATH_KEY];
    struct fn_queue_entry e;
    int rc = find(t, root, path, key, &e);
    if (rc)
        return damaged(rc, path, err);
    rc = drop_entry(t, &e, err);
    if (rc)
        return damaged(rc, path, err);
    e.tries = (uint8_t)(e.tries < TRIES_MAX ? e.tries + 1 : TRIES_MAX);
    e.not_before_s = not_before_s;
    return append(t, &e, key, err);
}

int fn_queue_count(struct fn_txn *t, uint64_t *ret)
{
    *ret = fn_tab_count(t, FN_T_QUEUE);
    return 0;
}

/* The next entry of a root at or after a key; moves key past it. */
static int next_of_root(struct fn_txn *t, fn_root_id root, uint8_t key[FN_QUEUE_KEY],
                        struct fn_queue_entry *ret)
{
    struct fn_cur c;
    int rc = fn_cur_open(t, FN_T_QUEUE, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, FN_QUEUE_KEY);
    for (; !rc; rc = fn_cur_next(&c)) {
        rc = fn_queue_decode(c.key, c.val, ret);
        if (rc || ret->root == root)
            break;
    }
    fn_cur_close(&c);
    if (!rc)
        fn_queue_key(ret->prio, ret->seq + 1, key);
    return rc;
}

int fn_queue_remove_root(struct fn_txn *t, fn_root_id root, struct fn_error *err)
{
    uint8_t key[FN_QUEUE_KEY] = {0};
    struct fn_queue_entry e;
    int rc;
    while ((rc = next_of_root(t, root, key, &e)) == 0) {
        rc = fn_queue_remove(t, root, e.path, err);
        if (rc)
            return rc;
    }
    return rc == FN_ENOTFOUND ? 0 : damaged(rc, "a root", err);
}

/* Replaces the entry of the old path by one of the new path, at the same position. */
static int move_entry(struct fn_txn *t, struct fn_queue_entry *e, fn_root_id to_root,
                      const char *to, const char *rest, struct fn_error *err)
{
    char old_path[sizeof e->path];
    memcpy(old_path, e->path, sizeof old_path);
    fn_root_id old_root = e->root;
    int rc = fn_path_moved(e->path, sizeof e->path, to, rest);
    if (rc)
        return damaged(rc, old_path, err);
    if (old_root == to_root && strcmp(old_path, e->path) == 0)
        return 0;
    rc = fn_queue_remove(t, old_root, old_path, err);
    if (!rc)
        rc = fn_queue_remove(t, to_root, e->path, err); /* the file there is overwritten */
    e->root = to_root;
    uint8_t key[FN_PATH_KEY];
    struct fn_queue_entry none;
    if (!rc) {
        rc = find(t, e->root, e->path, key, &none);
        if (rc == FN_ENOTFOUND)
            rc = put_entry(t, e, err);
    }
    uint8_t place[PLACE_BYTES] = {FN_RECORD_VERSION, 0, e->prio, 0};
    fn_put_le64(place + 4, e->seq);
    return rc ? rc : fn_tab_put(t, FN_T_QUEUE_PATH, key, sizeof key, place, sizeof place, err);
}

int fn_queue_rename(struct fn_txn *t, fn_root_id from_root, const char *from,
                    fn_root_id to_root, const char *to, struct fn_error *err)
{
    uint8_t key[FN_QUEUE_KEY] = {0};
    struct fn_queue_entry e;
    int rc;
    while ((rc = next_of_root(t, from_root, key, &e)) == 0) {
        char path[sizeof e.path];
        memcpy(path, e.path, sizeof path);
        const char *rest = fn_path_below(path, from);
        if (rest)
            rc = move_entry(t, &e, to_root, to, rest, err);
        if (rc)
            return rc;
    }
    return rc == FN_ENOTFOUND ? 0 : damaged(rc, from, err);
}
