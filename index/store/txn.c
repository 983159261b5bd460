/* SPDX-License-Identifier: MIT */
/* Transactions.
 *
 * Every begin retries when another process grew the map; every write begin first grows a map
 * that was or is nearly full, which LMDB allows only while this process has no transaction
 * open: hence the count of live ones. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "index/store/store_priv.h"

#define BEGIN_TRIES 4

static void count_live(struct fn_store *s, int by)
{
    pthread_mutex_lock(&s->mutex);
    s->live += (unsigned)by;
    pthread_mutex_unlock(&s->mutex);
}

/* Another process made the map larger: take its size over, unless a transaction of ours still
 * uses the old one. */
static bool adopt_map_size(struct fn_store *s)
{
    pthread_mutex_lock(&s->mutex);
    bool ok = s->live == 1 && mdb_env_set_mapsize(s->env, 0) == 0;
    pthread_mutex_unlock(&s->mutex);
    return ok;
}

static int begin(struct fn_store *s, bool write, MDB_txn **ret)
{
    int rc = 0;
    for (int i = 0; i < BEGIN_TRIES; i++) {
        rc = mdb_txn_begin(s->env, NULL, write ? 0 : MDB_RDONLY, ret);
        if (rc == MDB_MAP_RESIZED) {
            if (!adopt_map_size(s))
                break;
        } else if (rc == MDB_READERS_FULL) {
            if (!fn_store_reader_check(s))
                break;
        } else if (rc == MDB_PANIC) { /* after a failed commit */
            if (fn_store_env_again(s, 1))
                break;
        } else {
            break;
        }
    }
    return rc;
}

int fn_txn_begin(struct fn_store *s, bool write, int wait_ms, struct fn_txn **ret,
                 struct fn_error *err)
{
    if (getpid() != s->pid)
        return fn_error_set(err, -EINVAL, "'%s': an index must not be used after fork", s->dir);
    if (write && !(s->flags & FN_STORE_WRITE))
        return fn_error_set(err, -EACCES, "'%s': the index was opened for reading", s->dir);
    if (!s->env)
        return fn_error_set(err, -EIO, "'%s': the index is closed after a failed write",
                            s->dir);
    struct fn_txn *t = calloc(1, sizeof *t);
    if (!t)
        return fn_error_set(err, -ENOMEM, "'%s': out of memory", s->dir);
    *t = (struct fn_txn){.s = s, .write = write};
    if (write) {
        int rc = fn_writer_lock_take(s, wait_ms, err);
        if (rc) {
            free(t);
            return rc;
        }
        fn_store_grow_if_needed(s);
    }
    count_live(s, 1);
    int rc = begin(s, write, &t->txn);
    if (rc) {
        count_live(s, -1);
        if (write)
            fn_writer_lock_drop(s);
        free(t);
        /* MDB_PANIC: another thread still reads, so that it cannot be opened again yet. */
        int code = rc == MDB_MAP_RESIZED ? -EAGAIN : rc == MDB_PANIC ? -EIO : fn_lmdb_code(rc);
        return fn_error_set(err, code, "cannot begin a transaction on '%s': %s", s->dir,
                            mdb_strerror(rc));
    }
    rc = fn_sides_load(t);
    if (rc) {
        fn_txn_abort(t);
        return fn_error_set(err, rc, "'%s': the record of the index's generations is damaged",
                            s->dir);
    }
    *ret = t;
    return 0;
}

void fn_txn_free(struct fn_txn *t)
{
    for (unsigned i = 0; i < FN_KEPT_SLOTS; i++)
        fn_txn_keep(t, (enum fn_kept)i, NULL, NULL);
    count_live(t->s, -1);
    for (unsigned i = 0; i < FN_PENDING_LISTS; i++)
        free(t->pending[i].v);
    free(t);
}

void fn_txn_abort(struct fn_txn *t)
{
    if (!t)
        return;
    struct fn_store *s = t->s;
    bool write = t->write, full = t->full;
    mdb_txn_abort(t->txn);
    fn_txn_free(t);
    if (full)
        fn_store_map_full(s);
    if (write)
        fn_writer_lock_drop(s);
}

struct fn_store *fn_txn_store(struct fn_txn *t)
{
    return t->s;
}

bool fn_txn_writable(const struct fn_txn *t)
{
    return t->write;
}

uint64_t fn_txn_id(const struct fn_txn *t)
{
    return mdb_txn_id(t->txn);
}
