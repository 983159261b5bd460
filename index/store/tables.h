/* SPDX-License-Identifier: MIT */
/* Private to index/: the tables of the environment, and access to them as bytes. All code above
 * this works on records; only files that include store_priv.h see <lmdb.h>.
 *
 * Keys are big-endian, so that their order is the order of the numbers. Values are
 * little-endian and begin with u8 version and u8 flags. A slice points into the map: it is
 * valid until the transaction ends or writes, and has any alignment, so it is read with
 * engine/base/endian.h. Layouts: docs/format.md.
 */
#ifndef FN_INDEX_TABLES_H
#define FN_INDEX_TABLES_H

#include <stddef.h>

#include "index/store/sides.h"

/* X(symbol, name on disk, kind). The order is of no meaning on disk; a table is made when it is
 * missing at a write open, and reads as empty when it is missing at a read-only one. Tables
 * that are not of kind ONCE exist on each side (sides.h); the name on side 1 ends in ".1". */
#define FN_TABLE_LIST(X)                                                                       \
    X(META, "meta", ONCE)                                                                      \
    X(ROOT, "root", ONCE)                                                                      \
    X(PHOTO, "photo", ONCE)                                                                    \
    X(PHOTO_HASH, "photo_hash", ONCE)                                                          \
    X(PHOTO_PIXEL, "photo_pixel", ONCE)                                                        \
    X(PATH, "path", ONCE)                                                                      \
    X(PATH_PHOTO, "path_photo", ONCE)                                                          \
    X(TOMB, "tomb", ONCE)                                                                      \
    X(TOMB_PLACE, "tomb_place", ONCE)                                                          \
    X(FACE, "face", ONCE)                                                                      \
    X(FACE_PHOTO, "face_photo", ONCE)                                                          \
    X(FACE_CKEY, "face_ckey", ONCE)                                                            \
    X(VEC, "vec", SIDED)                                                                       \
    X(VEC_TAIL, "vec_tail", SIDED)                                                             \
    X(FEAT, "feat", FEATURES)                                                                  \
    X(FEAT_TAIL, "feat_tail", FEATURES)                                                        \
    X(STALE, "stale", ONCE)                                                                    \
    X(QUEUE, "queue", ONCE)                                                                    \
    X(QUEUE_PATH, "queue_path", ONCE)                                                          \
    /* labels: */                                                                              \
    X(ASSERT, "assert", ONCE)                                                                  \
    X(ASSERT_INDEX, "assert_index", ONCE)                                                      \
    X(FACE_LABEL, "face_label", ONCE)                                                          \
    X(PERSON_LABEL, "person_label", ONCE)                                                      \
    X(MERGED, "merged", ONCE)                                                                  \
    X(SAID, "said", ONCE)                                                                      \
    /* people: */                                                                              \
    X(MEMBER, "member", SIDED)                                                                 \
    X(GROUP, "group", SIDED)                                                                   \
    X(GROUP_FACES, "group_faces", SIDED)                                                       \
    X(PERSON, "person", SIDED)                                                                 \
    X(PERSON_GROUPS, "person_groups", SIDED)                                                   \
    X(PERSON_FACES, "person_faces", SIDED)                                                     \
    X(FORMER, "former", ONCE)                                                                  \
    X(WAITING, "waiting", SIDED)                                                               \
    X(GROUPING, "grouping", SIDED)

enum fn_table {
#define X(symbol, name, kind) FN_T_##symbol,
    FN_TABLE_LIST(X)
#undef X
        FN_TABLES
};

enum fn_table_kind { FN_TABLE_ONCE, FN_TABLE_SIDED, FN_TABLE_FEATURES };
const char *fn_table_name(enum fn_table table);
enum fn_table_kind fn_table_kind(enum fn_table table);

struct fn_slice {
    const uint8_t *p;
    size_t n;
};

/* FN_ENOTFOUND, FN_ECORRUPT. */
FN_NODISCARD int fn_tab_get(struct fn_txn *t, enum fn_table table, const void *key,
                            size_t key_n, struct fn_slice *ret);
/* Inserts or replaces. -EAGAIN when the map is full (see fn_txn_commit), -ENOSPC, FN_ECORRUPT,
 * -EACCES in a read transaction. v must not point into the map. */
FN_NODISCARD int fn_tab_put(struct fn_txn *t, enum fn_table table, const void *key,
                            size_t key_n, const void *v, size_t v_n, struct fn_error *err);
/* Reserves v_n bytes for the caller to fill before the next call with this transaction. */
FN_NODISCARD int fn_tab_reserve(struct fn_txn *t, enum fn_table table, const void *key,
                                size_t key_n, size_t v_n, void **ret, struct fn_error *err);
/* FN_ENOTFOUND when there was none (err untouched then). */
FN_NODISCARD int fn_tab_del(struct fn_txn *t, enum fn_table table, const void *key,
                            size_t key_n, struct fn_error *err);
/* Deletes all records. */
FN_NODISCARD int fn_tab_clear(struct fn_txn *t, enum fn_table table, struct fn_error *err);
uint64_t fn_tab_count(struct fn_txn *t, enum fn_table table); /* records, O(1) */

/* A walk in key order. In a write transaction the table may be written during the walk only
 * through fn_cur_del. */
struct fn_cur {
    void *c; /* MDB_cursor */
    struct fn_txn *t;
    enum fn_table table;
    struct fn_slice key, val; /* current position */
};
FN_NODISCARD int fn_cur_open(struct fn_txn *t, enum fn_table table, struct fn_cur *ret);
void fn_cur_close(struct fn_cur *c); /* NULL-safe; a zeroed one is allowed */
/* To the first key >= key (key_n 0: the first), the next, the last: 0, FN_ENOTFOUND at the end.
 */
FN_NODISCARD int fn_cur_seek(struct fn_cur *c, const void *key, size_t key_n);
FN_NODISCARD int fn_cur_next(struct fn_cur *c);
FN_NODISCARD int fn_cur_last(struct fn_cur *c);
FN_NODISCARD int fn_cur_del(struct fn_cur *c,
                            struct fn_error *err); /* deletes the current record; fn_cur_next
                                                      then goes to the one after it */

/* The next number of a counter in meta (from 1); FN_ELIMIT when it would pass max: numbers are
 * never given twice. */
FN_NODISCARD int fn_next_id(struct fn_txn *t, const char *counter, uint64_t max, uint64_t *ret,
                            struct fn_error *err);

bool fn_txn_writable(const struct fn_txn *t);
/* Of a write transaction: greater than that of all before. Of a read transaction: that of the
 * last one it sees. */
uint64_t fn_txn_id(const struct fn_txn *t);
/* Data stored in memory for the duration of a transaction, one slot per user: NULL at first;
 * released when the transaction ends or the slot is replaced. */
enum fn_kept { FN_KEPT_LABELS, FN_KEPT_PEOPLE, FN_KEPT_SLOTS };
void *fn_txn_kept(const struct fn_txn *t, enum fn_kept slot);
void fn_txn_keep(struct fn_txn *t, enum fn_kept slot, void *kept, void (*release)(void *kept));

/* fn_store_open with a given map size, so that tests can fill a map; 0: the usual. */
FN_NODISCARD int fn_store_open_sized(const char *dir, unsigned flags, size_t map_bytes,
                                     struct fn_store **ret, struct fn_error *err);

#endif
