/* SPDX-License-Identifier: MIT */
/* Access to the tables as bytes. This is the one place where LMDB's codes become ours and where
 * a full map is detected. Every later put then returns the same code, so a caller needs no
 * special case: it gives up the batch with -EAGAIN and repeats it. */
#include <errno.h>
#include <stdio.h>

#include "index/store/store_priv.h"

const char *fn_table_name(enum fn_table table)
{
    static const char *const names[] = {
#define X(symbol, name, kind) name,
        FN_TABLE_LIST(X)
#undef X
    };
    return names[table];
}

enum fn_table_kind fn_table_kind(enum fn_table table)
{
    static const enum fn_table_kind kinds[] = {
#define X(symbol, name, kind) FN_TABLE_##kind,
        FN_TABLE_LIST(X)
#undef X
    };
    return kinds[table];
}

static int open_one(struct fn_txn *t, unsigned side, enum fn_table table, bool create,
                    bool *ret_all, struct fn_error *err)
{
    struct fn_store *s = t->s;
    char name[32];
    (void)snprintf(name, sizeof name, "%s%s", fn_table_name(table), side ? ".1" : "");
    int rc = mdb_dbi_open(t->txn, name, create ? MDB_CREATE : 0, &s->dbi[side][table]);
    s->has[side][table] = rc == 0;
    if (rc == MDB_NOTFOUND) {
        *ret_all = false;
        return 0;
    }
    if (rc == MDB_MAP_FULL)
        return fn_error_set(err, -ENOSPC, "'%s': the map of the index is too small", s->dir);
    return rc ? fn_error_set(err, fn_lmdb_code(rc), "cannot open table '%s' of '%s': %s", name,
                             s->dir, mdb_strerror(rc))
              : 0;
}

/* Opens the handles of all tables within t's transaction; they outlive it when it is committed.
 */
int fn_tables_open(struct fn_txn *t, bool create, bool *ret_all, struct fn_error *err)
{
    int rc = 0;
    *ret_all = true;
    for (int i = 0; !rc && i < FN_TABLES; i++) {
        enum fn_table table = (enum fn_table)i;
        rc = open_one(t, 0, table, create, ret_all, err);
        if (!rc && fn_table_kind(table) != FN_TABLE_ONCE)
            rc = open_one(t, 1, table, create, ret_all, err);
    }
    return rc;
}

/* The side on which t sees a table. */
static unsigned side_of(const struct fn_txn *t, enum fn_table table)
{
    unsigned side = fn_txn_side(t);
    switch (fn_table_kind(table)) {
    case FN_TABLE_SIDED:
        return side;
    case FN_TABLE_FEATURES:
        return t->sides.features[side];
    case FN_TABLE_ONCE:
    default:
        return 0;
    }
}

static bool has(const struct fn_txn *t, enum fn_table table)
{
    return t->s->has[side_of(t, table)][table];
}

static MDB_dbi handle(const struct fn_txn *t, enum fn_table table)
{
    return t->s->dbi[side_of(t, table)][table];
}

static MDB_val key_val(const void *p, size_t n)
{
    /* LMDB takes keys by pointers without const, and does not write through them. */
    return (MDB_val){.mv_size = n, .mv_data = (void *)(uintptr_t)p};
}

int fn_tab_get(struct fn_txn *t, enum fn_table table, const void *key, size_t key_n,
               struct fn_slice *ret)
{
    if (!has(t, table))
        return FN_ENOTFOUND;
    MDB_val k = key_val(key, key_n), v;
    int rc = mdb_get(t->txn, handle(t, table), &k, &v);
    if (rc)
        return fn_lmdb_code(rc);
    *ret = (struct fn_slice){v.mv_data, v.mv_size};
    return 0;
}

static int write_failed(struct fn_txn *t, enum fn_table table, int rc, struct fn_error *err)
{
    if (rc == MDB_MAP_FULL) {
        t->full = true;
        return fn_error_set(err, -EAGAIN, "the index '%s' grows; the batch has to be repeated",
                            t->s->dir);
    }
    return fn_error_set(err, fn_store_write_code(t->s, rc),
                        "cannot write table '%s' of '%s': %s", fn_table_name(table), t->s->dir,
                        mdb_strerror(rc));
}

static int put(struct fn_txn *t, enum fn_table table, const void *key, size_t key_n, MDB_val *v,
               unsigned flags, struct fn_error *err)
{
    if (!t->write || !has(t, table))
        return fn_error_set(err, -EACCES, "'%s': a read transaction cannot write", t->s->dir);
    MDB_val k = key_val(key, key_n);
    int rc = t->full ? MDB_MAP_FULL : mdb_put(t->txn, handle(t, table), &k, v, flags);
    return rc ? write_failed(t, table, rc, err) : 0;
}

int fn_tab_put(struct fn_txn *t, enum fn_table table, const void *key, size_t key_n,
               const void *v, size_t v_n, struct fn_error *err)
{
    MDB_val val = key_val(v, v_n);
    return put(t, table, key, key_n, &val, 0, err);
}

int fn_tab_reserve(struct fn_txn *t, enum fn_table table, const void *key, size_t key_n,
                   size_t v_n, void **ret, struct fn_error *err)
{
    MDB_val val = {.mv_size = v_n};
    int rc = put(t, table, key, key_n, &val, MDB_RESERVE, err);
    if (!rc)
        *ret = val.mv_data;
    return rc;
}

int fn_tab_del(struct fn_txn *t, enum fn_table table, const void *key, size_t key_n,
               struct fn_error *err)
{
    if (!t->write)
        return fn_error_set(err, -EACCES, "'%s': a read transaction cannot write", t->s->dir);
    MDB_val k = key_val(key, key_n);
    int rc = mdb_del(t->txn, handle(t, table), &k, NULL);
    if (rc == MDB_NOTFOUND)
        return FN_ENOTFOUND;
    return rc ? write_failed(t, table, rc, err) : 0;
}

int fn_tab_clear(struct fn_txn *t, enum fn_table table, struct fn_error *err)
{
    if (!t->write)
        return fn_error_set(err, -EACCES, "'%s': a read transaction cannot write", t->s->dir);
    if (!has(t, table))
        return 0;
    int rc = t->full ? MDB_MAP_FULL : mdb_drop(t->txn, handle(t, table), 0);
    return rc ? write_failed(t, table, rc, err) : 0;
}

uint64_t fn_tab_count(struct fn_txn *t, enum fn_table table)
{
    MDB_stat st;
    if (!has(t, table) || mdb_stat(t->txn, handle(t, table), &st))
        return 0;
    return st.ms_entries;
}

int fn_cur_open(struct fn_txn *t, enum fn_table table, struct fn_cur *ret)
{
    *ret = (struct fn_cur){0};
    if (!has(t, table))
        return 0; /* reads as empty */
    MDB_cursor *c;
    int rc = mdb_cursor_open(t->txn, handle(t, table), &c);
    if (rc)
        return fn_lmdb_code(rc);
    ret->c = c;
    ret->t = t;
    ret->table = table;
    return 0;
}

void fn_cur_close(struct fn_cur *c)
{
    if (c && c->c) {
        mdb_cursor_close(c->c);
        c->c = NULL;
    }
}

static int cur_move(struct fn_cur *c, MDB_val k, MDB_cursor_op op)
{
    if (!c->c)
        return FN_ENOTFOUND;
    MDB_val v;
    int rc = mdb_cursor_get(c->c, &k, &v, op);
    if (rc)
        return fn_lmdb_code(rc);
    c->key = (struct fn_slice){k.mv_data, k.mv_size};
    c->val = (struct fn_slice){v.mv_data, v.mv_size};
    return 0;
}

int fn_cur_seek(struct fn_cur *c, const void *key, size_t key_n)
{
    return cur_move(c, key_val(key, key_n), key_n ? MDB_SET_RANGE : MDB_FIRST);
}

int fn_cur_next(struct fn_cur *c)
{
    return cur_move(c, (MDB_val){0}, MDB_NEXT);
}

int fn_cur_last(struct fn_cur *c)
{
    return cur_move(c, (MDB_val){0}, MDB_LAST);
}

int fn_cur_del(struct fn_cur *c, struct fn_error *err)
{
    if (!c->c)
        return FN_ENOTFOUND;
    int rc = mdb_cursor_del(c->c, 0);
    return rc ? write_failed(c->t, c->table, rc, err) : 0;
}
