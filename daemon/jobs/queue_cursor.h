/* SPDX-License-Identifier: MIT */
/* The durable queue, walked with a cursor. Entries that cannot be taken (root away, retry
 * later, in flight) are passed over and looked at again after a rewind. Loop thread. */
#ifndef FN_DAEMON_QUEUE_CURSOR_H
#define FN_DAEMON_QUEUE_CURSOR_H

#include "index/records/queue.h"

struct fnd_queue_cursor {
    struct fn_store *store;
    struct fn_queue_entry *chunk; /* entries of the last look */
    struct fn_queue_entry at;     /* the last one passed */
    bool has_at, rewind;
};

FN_NODISCARD int fnd_queue_cursor_init(struct fnd_queue_cursor *c, struct fn_store *store);
void fnd_queue_cursor_finish(struct fnd_queue_cursor *c);
/* The next entries that are due, in c->chunk; goes round once after a rewind. 0: none. */
size_t fnd_queue_cursor_next(struct fnd_queue_cursor *c);
void fnd_queue_cursor_pass(struct fnd_queue_cursor *c, const struct fn_queue_entry *e);
/* Entries passed over may be takeable now: after the end the walk begins anew. */
void fnd_queue_cursor_rewind(struct fnd_queue_cursor *c);
void fnd_queue_cursor_restart(struct fnd_queue_cursor *c); /* at once */
/* Does an entry that is due by now_s suit? Overwrites c->chunk. */
bool fnd_queue_cursor_any(struct fnd_queue_cursor *c, int64_t now_s,
                          bool (*suits)(const struct fn_queue_entry *e, void *ctx), void *ctx);
uint64_t fnd_queue_count(struct fn_store *store); /* entries in the queue */

#endif
