/* SPDX-License-Identifier: MIT */
/* Commits, and what became of one that failed.
 *
 * LMDB writes the pages, syncs them, and then writes and syncs one of two meta pages, by which
 * the new state is found. When that last step fails, it tries to put the old meta page back,
 * and the environment accepts no more writes. If that fails too (a disk that turns read-only),
 * the new state is in the file although the commit failed. A process that opens the index while
 * nobody has it open uses that state. Processes that have it open go on from the state before,
 * because they share the number of the last transaction in lock.mdb, and their next write
 * replaces the new state. So the index is opened again, under the writer lock, to see which
 * state counts. If it is the one before, another process has the index open, and what will be
 * is not decided yet. It must not be decided here by one more transaction: its pages would
 * overwrite those of the new state, and if that failed halfway, neither would be whole. */
#include <errno.h>

#include "index/store/store_priv.h"

enum outcome { NOT_STORED, STORED, UNKNOWN };

/* The number of the transaction that a reader sees; 0: it cannot be read. */
static uint64_t visible_txn(struct fn_store *s)
{
    MDB_txn *txn;
    if (mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn))
        return 0;
    uint64_t id = mdb_txn_id(txn);
    mdb_txn_abort(txn);
    return id;
}

/* Under the writer lock, without a transaction of this thread. id: of the failed one. */
static enum outcome find_out(struct fn_store *s, uint64_t id)
{
    if (fn_store_txn_id(s) < id)
        return NOT_STORED; /* neither meta page has it */
    if (fn_store_env_again(s, 0))
        return UNKNOWN;
    if (visible_txn(s) < id)
        return UNKNOWN;
    s->unsafe = mdb_env_sync(s->env, 1) != 0;
    return STORED;
}

static int failed(struct fn_store *s, uint64_t id, int rc, struct fn_error *err)
{
    int code = fn_store_write_code(s, rc);
    const char *why = code == -ENOSPC ? "no space left on the disk" : mdb_strerror(rc);
    switch (find_out(s, id)) {
    case STORED:
        return 0;
    case NOT_STORED:
        break;
    case UNKNOWN:
        return fn_error_set(err, FN_EUNCERTAIN,
                            "the disk failed while the index '%s' was written (%s). Whether "
                            "the change is stored shows when the disk works again",
                            s->dir, why);
    }
    return fn_error_set(err, code, "cannot commit to the index '%s': %s", s->dir, why);
}

static int owes(struct fn_txn *t, size_t n, struct fn_error *err)
{
    struct fn_store *s = t->s;
    fn_txn_abort(t);
    return fn_error_set(err, FN_EINTERNAL,
                        "internal error: a commit to '%s' with %zu changes that labels and "
                        "people have not followed (fn_index_commit follows them)",
                        s->dir, n);
}

int fn_txn_commit(struct fn_txn *t, struct fn_error *err)
{
    struct fn_store *s = t->s;
    size_t owed = fn_pending_count(t);
    if (owed)
        return owes(t, owed, err);
    bool write = t->write;
    uint64_t id = mdb_txn_id(t->txn);
    int rc = t->full ? MDB_MAP_FULL : mdb_txn_commit(t->txn);
    if (t->full)
        mdb_txn_abort(t->txn);
    fn_txn_free(t);
    if (rc == MDB_MAP_FULL) {
        fn_store_map_full(s);
        rc = fn_error_set(err, -EAGAIN, "the index '%s' grows; the batch has to be repeated",
                          s->dir);
    } else if (rc && write) {
        rc = failed(s, id, rc, err);
    } else if (rc) {
        rc = fn_error_set(err, fn_lmdb_code(rc), "cannot read the index '%s': %s", s->dir,
                          mdb_strerror(rc));
    }
    if (write)
        fn_writer_lock_drop(s);
    return rc;
}

bool fn_store_unsafe(const struct fn_store *s)
{
    return s->unsafe;
}
