/* SPDX-License-Identifier: MIT */
/* The durable queue, walked with a cursor. Entries that cannot be taken (root away, retry
 * later, in flight) are skipped, and read again after a rewind. Loop thread. */
#ifndef FN_DAEMON_QUEUE_CURSOR_H
#define FN_DAEMON_QUEUE_CURSOR_H

#include "index/records/queue.h"

struct fnd_queue_cursor {
    struct fn_store *store;
    struct fn_queue_entry *chunk; /* entries of the last read */
    struct fn_queue_entry at;     /* the last entry passed */
    bool has_at, rewind;
};

FN_NODISCARD int fnd_queue_cursor_init(struct fnd_queue_cursor *c, struct fn_store *store);
void fnd_queue_cursor_finish(struct fnd_queue_cursor *c);
/* Reads the next entries that are due into c->chunk; starts from the beginning once after a
 * rewind. 0: none. */
size_t fnd_queue_cursor_next(struct fnd_queue_cursor *c);
void fnd_queue_cursor_pass(struct fnd_queue_cursor *c, const struct fn_queue_entry *e);
/* Skipped entries may be available now: after the end, the walk starts again. */
void fnd_queue_cursor_rewind(struct fnd_queue_cursor *c);
void fnd_queue_cursor_restart(struct fnd_queue_cursor *c); /* starts again immediately */
/* Is there an entry that is due by now_s and suits? Overwrites c->chunk. */
bool fnd_queue_cursor_any(struct fnd_queue_cursor *c, int64_t now_s,
                          bool (*suits)(const struct fn_queue_entry *e, void *ctx), void *ctx);
uint64_t fnd_queue_count(struct fn_store *store); /* entries in the queue */

#endif
