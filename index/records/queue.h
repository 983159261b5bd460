/* SPDX-License-Identifier: MIT */
/* The durable queue of paths to be processed. */
#ifndef FN_INDEX_QUEUE_H
#define FN_INDEX_QUEUE_H

#include "index/records/photos.h"

struct fn_queue_entry {
    uint64_t seq; /* key within its priority */
    uint8_t prio; /* 0 first */
    fn_root_id root;
    uint8_t tries;
    int64_t not_before_s;
    int64_t mtime_ns;
    uint64_t size, inode;
    char path[4096];
};
/* One entry per path: pushing a path again replaces size and mtime and keeps its position. */
FN_NODISCARD int fn_queue_push(struct fn_txn *t, const struct fn_queue_entry *e,
                               struct fn_error *err);
/* The first max entries due at now_s, in order, skipping seq <= after of the same priority
 * scan; for handing out work. */
FN_NODISCARD int fn_queue_peek(struct fn_txn *t, int64_t now_s,
                               const struct fn_queue_entry *after, struct fn_queue_entry *ret,
                               size_t max, size_t *ret_n);
FN_NODISCARD int fn_queue_remove(struct fn_txn *t, fn_root_id root, const char *path,
                                 struct fn_error *err); /* absent: 0 */
/* To the end of its priority, tries + 1. */
FN_NODISCARD int fn_queue_requeue(struct fn_txn *t, fn_root_id root, const char *path,
                                  int64_t not_before_s, struct fn_error *err);
FN_NODISCARD int fn_queue_count(struct fn_txn *t, uint64_t *ret);

#endif
