/* SPDX-License-Identifier: MIT */
/* Opening the environment, and opening it again after a failed commit. */
#include <errno.h>
#include <string.h>

#include "index/store/store_priv.h"

#define MAP_BYTES     ((size_t)1 << 38)
#define MAP_BYTES_MIN ((size_t)1 << 30)
#define READERS_MAX   510
#define DBS_MAX       64

/* One attempt with one map size; the environment is closed again on failure. */
static int env_open(struct fn_store *s, size_t map_bytes)
{
    MDB_env *env = NULL;
    int rc = mdb_env_create(&env);
    if (rc)
        return rc;
    unsigned flags = MDB_NOTLS;
    if (!(s->flags & FN_STORE_WRITE))
        flags |= MDB_RDONLY;
    if (s->flags & FN_STORE_NOSYNC)
        flags |= MDB_NOSYNC;
    rc = mdb_env_set_mapsize(env, map_bytes);
    if (!rc)
        rc = mdb_env_set_maxdbs(env, DBS_MAX);
    if (!rc)
        rc = mdb_env_set_maxreaders(env, READERS_MAX);
    if (!rc)
        rc = mdb_env_open(env, s->dir, flags, s->mode);
    if (rc) {
        mdb_env_close(env);
        return rc;
    }
    s->env = env;
    return 0;
}

int fn_store_env_open(struct fn_store *s, struct fn_error *err)
{
    size_t size = s->map_bytes ? s->map_bytes : MAP_BYTES;
    int rc = env_open(s, size);
    while (rc == ENOMEM && !s->map_bytes && size > MAP_BYTES_MIN) {
        size /= 2;
        rc = env_open(s, size);
    }
    if (rc == MDB_INVALID)
        return fn_error_set(err, FN_ECORRUPT, "'%s': data.mdb is not an index, or is damaged",
                            s->dir);
    if (rc) {
        int code = fn_lmdb_code(rc);
        return fn_error_set(err, code, "cannot open the index '%s': %s", s->dir,
                            mdb_strerror(rc));
    }
    return 0;
}

/* With the mutex: other threads begin no transaction meanwhile. */
static int env_again(struct fn_store *s)
{
    struct fn_txn t = {.s = s};
    mdb_env_close(s->env);
    s->env = NULL;
    memset(s->has, 0, sizeof s->has);
    int rc = fn_store_env_open(s, NULL);
    rc = rc ? rc : mdb_txn_begin(s->env, NULL, MDB_RDONLY, &t.txn);
    if (rc)
        return -EIO;
    bool all;
    rc = fn_tables_open(&t, false, &all, NULL);
    return mdb_txn_commit(t.txn) || rc ? -EIO : 0;
}

int fn_store_env_again(struct fn_store *s, unsigned live)
{
    pthread_mutex_lock(&s->mutex);
    int rc = s->live == live && s->env ? env_again(s) : -EBUSY;
    pthread_mutex_unlock(&s->mutex);
    return rc;
}
