/* SPDX-License-Identifier: MIT */
/* Private to this folder: what a store and a transaction
 * are made of. */
#ifndef FN_INDEX_STORE_PRIV_H
#define FN_INDEX_STORE_PRIV_H

#include <lmdb.h>
#include <pthread.h>
#include <sys/types.h>

#include "index/store/pending.h"
#include "index/store/tables.h"

enum { FN_SIDES = 2 };

struct fn_store {
    MDB_env *env; /* NULL: see fn_store_env_again */
    char *dir;
    unsigned flags; /* enum fn_store_flags */
    dev_t dev;      /* of the directory: the registry's key */
    ino_t ino;
    pid_t pid;   /* of the process that opened it: an environment does not survive fork */
    int lock_fd; /* writer.lock; -1 in a read-only store */
    pthread_mutex_t mutex;
    unsigned live; /* transactions of this process; the map may move only if there are none */
    bool writing;  /* a thread of this process has the writer lock or waits for it */
    bool grow;     /* the map was full */
    bool unsafe;   /* see fn_store_unsafe */
    size_t map_bytes;                 /* as asked for; 0: the usual size */
    mode_t mode;                      /* of the files */
    MDB_dbi dbi[FN_SIDES][FN_TABLES]; /* of tables that exist once: [0] */
    bool has[FN_SIDES][FN_TABLES];
    struct fn_store *next; /* in the registry */
};

struct fn_pending_list {
    struct fn_pending *v;
    size_t at, n, cap; /* v[at .. n) wait */
};

struct fn_txn {
    struct fn_store *s;
    MDB_txn *txn;
    bool write;
    bool full; /* a put met the end of the map */
    enum fn_view view;
    struct fn_sides sides;
    struct fn_pending_list pending[FN_PENDING_LISTS];
    struct {
        void *p;
        void (*release)(void *p);
    } kept[FN_KEPT_SLOTS];
};

/* The number of the side that t views. */
static inline unsigned fn_txn_side(const struct fn_txn *t)
{
    return t->view == FN_VIEW_ACTIVE ? t->sides.active : 1u - t->sides.active;
}

/* Converts a code of LMDB to one of ours: LMDB's codes do not leave this folder. */
int fn_lmdb_code(int rc);

/* The same for a failed write: LMDB returns EIO for a short write, which usually means a full
 * disk. */
int fn_store_write_code(const struct fn_store *s, int rc);

/* sides.c. Reads which side is active, at the begin. FN_ECORRUPT. */
FN_NODISCARD int fn_sides_load(struct fn_txn *t);

/* The writer lock between processes (writer_lock.c). */
FN_NODISCARD int fn_writer_lock_open(const char *dir, mode_t mode, int *ret_fd,
                                     struct fn_error *err);
FN_NODISCARD int fn_writer_lock_take(struct fn_store *s, int wait_ms, struct fn_error *err);
void fn_writer_lock_drop(struct fn_store *s);

/* Opens the tables, and makes, checks or upgrades the format (format.c). */
FN_NODISCARD int fn_format_open(struct fn_store *s, struct fn_error *err);

/* Makes the map larger when it was full or is nearly so, if no transaction of this process is
 * open. */
void fn_store_grow_if_needed(struct fn_store *s);
/* A put or commit met the end of the map. */
void fn_store_map_full(struct fn_store *s);
/* Closes the environment and opens it again if this process has just these transactions, none
 * of which LMDB knows. -EBUSY; -EIO: the store may have no environment any more, and no
 * transaction can begin. */
FN_NODISCARD int fn_store_env_again(struct fn_store *s, unsigned live);
/* Opens the environment, with as large a map as can be had (open_env.c). */
FN_NODISCARD int fn_store_env_open(struct fn_store *s, struct fn_error *err);
/* Opens the handles of all tables within t (tables.c). *ret_all: all of them exist. */
FN_NODISCARD int fn_tables_open(struct fn_txn *t, bool create, bool *ret_all,
                                struct fn_error *err);

/* Frees a transaction that LMDB has ended; the writer lock is kept. */
void fn_txn_free(struct fn_txn *t);

#endif
