/* SPDX-License-Identifier: MIT */
/* The index on disk: one LMDB environment in a directory. This header opens it and provides
 * transactions; every record type has its own header. Format: docs/format.md.
 *
 * Readers (any number, any process) never write. LMDB serialises writers across processes.
 * Pointers into the map are valid until their transaction ends and may have any alignment. Keep
 * read transactions short: collect, end, then print. A process may open one environment per
 * directory (a second open is refused); never use it after fork.
 */
#ifndef FN_INDEX_STORE_H
#define FN_INDEX_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"

#define FN_FORMAT_VERSION 4u
#define FN_FORMAT_READ    2u /* the oldest that can be read without being upgraded */

struct fn_store;
struct fn_txn;

enum fn_store_flags {
    FN_STORE_READ = 0,
    FN_STORE_WRITE = 1u << 0,  /* may begin write transactions */
    FN_STORE_CREATE = 1u << 1, /* make it when it is not there (implies WRITE) */
    FN_STORE_NOSYNC = 1u << 2, /* for rebuilds and generators; fn_store_sync at the end */
};

/* dir: the index directory (data.mdb, lock.mdb). FN_ENOTFOUND if it does not exist and CREATE
 * is not set. An index of an older format is upgraded first, even if it is opened for reading.
 * FN_EVERSION, FN_ECORRUPT, FN_EUNSUPPORTED on network file systems ("LMDB needs a local
 * disk"), -errno. */
FN_NODISCARD int fn_store_open(const char *dir, unsigned flags, struct fn_store **ret,
                               struct fn_error *err);
void fn_store_close(struct fn_store *s); /* NULL-safe; all transactions ended before */
const char *fn_store_dir(const struct fn_store *s);
FN_NODISCARD int fn_store_sync(struct fn_store *s, struct fn_error *err);
/* Clears slots of dead readers; returns how many. */
int fn_store_reader_check(struct fn_store *s);
uint64_t fn_store_bytes(struct fn_store *s); /* used bytes of the file */
uint64_t
fn_store_txn_id(struct fn_store *s); /* last committed: caches are valid for one value of it */

/* A write transaction waits for the writer lock for at most wait_ms (then FN_EBUSY, with the
 * pid of the holder if known); reads ignore wait_ms. Both retry if another process grew the
 * map. */
FN_NODISCARD int fn_txn_begin(struct fn_store *s, bool write, int wait_ms, struct fn_txn **ret,
                              struct fn_error *err);
/* Commits. On failure (disk full, map full) nothing of the transaction is stored, and it has
 * ended; except FN_EUNCERTAIN: the disk failed in a moment from which it cannot be told. A
 * failed commit whose change is stored all the same returns 0. If the map was full, it has been
 * grown and the caller repeats its batch (code -EAGAIN). FN_EINTERNAL while there are pending
 * changes: code that changes records commits by fn_index_commit (index/ingest/update.h). */
FN_NODISCARD int fn_txn_commit(struct fn_txn *t, struct fn_error *err);
/* A commit is stored for every process, but the disk did not confirm it: a power cut may still
 * lose it. */
bool fn_store_unsafe(const struct fn_store *s);
void fn_txn_abort(struct fn_txn *t); /* NULL-safe */
struct fn_store *fn_txn_store(struct fn_txn *t);

/* meta table: small named values */
FN_NODISCARD int fn_meta_get_u64(struct fn_txn *t, const char *key,
                                 uint64_t *ret); /* FN_ENOTFOUND */
FN_NODISCARD int fn_meta_put_u64(struct fn_txn *t, const char *key, uint64_t v,
                                 struct fn_error *err);
FN_NODISCARD int fn_meta_get(struct fn_txn *t, const char *key, void *out,
                             size_t size); /* exact size, otherwise FN_ECORRUPT */
FN_NODISCARD int fn_meta_put(struct fn_txn *t, const char *key, const void *p, size_t size,
                             struct fn_error *err);

/* The current thresholds and model of people, copied from the profile when the index is created
 * and changed only by a logged act. */
struct fn_index_model {
    struct fn_h128 profile_id; /* whose vectors these are */
    char profile[64];
    uint32_t feature_width;
    uint32_t pair_d; /* exact integers, unit 2^-28 (engine/kernels/vector.h) */
    uint32_t single_d, group_d, net_d,
        decade_d;        /* of grouping (struct fn_grouping_model); all 0: after pair_d */
    uint8_t min_quality; /* 0..255 */
    double logistic_a, logistic_b;
    /* Of the vectors: counts the models an index has had, from 1. Distances have a meaning
     * between rows of one generation only. */
    uint16_t generation;
};
FN_NODISCARD int fn_index_model_get(struct fn_txn *t, struct fn_index_model *ret,
                                    struct fn_error *err); /* FN_ENOTFOUND: none yet */
/* Generation 0 stands for the current one (the first in a new index). */
FN_NODISCARD int fn_index_model_set(struct fn_txn *t, const struct fn_index_model *m,
                                    struct fn_error *err);

#endif
