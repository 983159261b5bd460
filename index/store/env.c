/* SPDX-License-Identifier: MIT */
/* What transactions and tables need of the environment: its codes as ours, its readers, its
 * growing map. */
#include <errno.h>
#include <sys/statfs.h>

#include "index/store/store_priv.h"

#define NO_SPACE_BYTES ((uint64_t)1 << 20)

int fn_lmdb_code(int rc)
{
    if (rc > 0)
        return -rc;
    switch (rc) {
    case MDB_NOTFOUND:
        return FN_ENOTFOUND;
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC: /* the environment cannot be used any more */
        return FN_ECORRUPT;
    case MDB_VERSION_MISMATCH:
        return FN_EVERSION;
    case MDB_MAP_FULL:
    case MDB_MAP_RESIZED:
        return -EAGAIN;
    case MDB_DBS_FULL:
    case MDB_READERS_FULL:
    case MDB_TLS_FULL:
    case MDB_TXN_FULL:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
        return FN_ELIMIT;
    default: /* the others report a wrong call */
        return rc ? FN_EINTERNAL : 0;
    }
}

int fn_store_write_code(const struct fn_store *s, int rc)
{
    struct statfs fs;
    if (rc == EIO && statfs(s->dir, &fs) == 0 &&
        (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize < NO_SPACE_BYTES)
        return -ENOSPC;
    return fn_lmdb_code(rc);
}

int fn_store_reader_check(struct fn_store *s)
{
    int dead = 0;
    return mdb_reader_check(s->env, &dead) ? 0 : dead;
}

void fn_store_grow_if_needed(struct fn_store *s)
{
    MDB_envinfo info;
    MDB_stat st;
    pthread_mutex_lock(&s->mutex);
    if (s->live == 0 && !mdb_env_info(s->env, &info) && !mdb_env_stat(s->env, &st)) {
        uint64_t used = ((uint64_t)info.me_last_pgno + 1) * st.ms_psize;
        bool nearly = used > info.me_mapsize / 4 * 3;
        if (s->grow || nearly) {
            int dead;
            mdb_reader_check(s->env, &dead); /* what a dead reader held may be enough */
            if (mdb_env_set_mapsize(s->env, info.me_mapsize * 2) == 0)
                s->grow = false;
        }
    }
    pthread_mutex_unlock(&s->mutex);
}

void fn_store_map_full(struct fn_store *s)
{
    pthread_mutex_lock(&s->mutex);
    s->grow = true;
    pthread_mutex_unlock(&s->mutex);
    fn_store_grow_if_needed(s); /* otherwise when the next write begins */
}

uint64_t fn_store_txn_id(struct fn_store *s)
{
    MDB_envinfo info;
    return mdb_env_info(s->env, &info) ? 0 : info.me_last_txnid;
}
