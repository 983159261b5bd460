/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/queue_cursor.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/base/clock.h"
#include "engine/base/log.h"

enum { CHUNK = 16 }; /* entries per read */

int fnd_queue_cursor_init(struct fnd_queue_cursor *c, struct fn_store *store)
{
    *c = (struct fnd_queue_cursor){.store = store, .chunk = calloc(CHUNK, sizeof *c->chunk)};
    return c->chunk ? 0 : -ENOMEM;
}

void fnd_queue_cursor_finish(struct fnd_queue_cursor *c)
{
    free(c->chunk);
}

static size_t peek(struct fnd_queue_cursor *c, int64_t now_s,
                   const struct fn_queue_entry *after)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    size_t n = 0;
    if (fn_txn_begin(c->store, false, 0, &t, &err))
        return 0;
    int rc = fn_queue_peek(t, now_s, after, c->chunk, CHUNK, &n);
    fn_txn_abort(t);
    if (rc)
        fn_log(FN_LOG_ERROR, "the queue cannot be read: %s", fn_strerror(rc));
    return rc ? 0 : n;
}

size_t fnd_queue_cursor_next(struct fnd_queue_cursor *c)
{
    size_t n = peek(c, fn_clock_wall_s(), c->has_at ? &c->at : NULL);
    if (n || !c->rewind || !c->has_at)
        return n;
    c->rewind = c->has_at = false;
    return peek(c, fn_clock_wall_s(), NULL);
}

void fnd_queue_cursor_pass(struct fnd_queue_cursor *c, const struct fn_queue_entry *e)
{
    c->at = *e;
    c->has_at = true;
}

void fnd_queue_cursor_rewind(struct fnd_queue_cursor *c)
{
    c->rewind = true;
}

void fnd_queue_cursor_restart(struct fnd_queue_cursor *c)
{
    c->has_at = false;
}

bool fnd_queue_cursor_any(struct fnd_queue_cursor *c, int64_t now_s,
                          bool (*suits)(const struct fn_queue_entry *e, void *ctx), void *ctx)
{
    struct fn_queue_entry after;
    const struct fn_queue_entry *from = NULL;
    size_t n;
    while ((n = peek(c, now_s, from)) > 0) {
        for (size_t i = 0; i < n; i++)
            if (suits(&c->chunk[i], ctx))
                return true;
        after = c->chunk[n - 1];
        from = &after;
    }
    return false;
}

uint64_t fnd_queue_count(struct fn_store *store)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    uint64_t n = 0;
    if (fn_txn_begin(store, false, 0, &t, &err))
        return 0;
    if (fn_queue_count(t, &n))
        n = 0;
    fn_txn_abort(t);
    return n;
}
