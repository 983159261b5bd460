/* SPDX-License-Identifier: MIT */
/* Batches, their repeats, and waiting for free space. */
#include "daemon/writing/writer_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/base/deadline.h"
#include "engine/base/log.h"
#include "index/ingest/update.h"

enum { SPACE_RETRY_S = 5 };

static bool is_no_space(int code)
{
    return code == -ENOSPC || code == -EDQUOT || code == -EROFS || code == -EIO;
}

/* Tells the loop that writing is blocked, or continues. */
struct space_msg {
    struct fnd_msg msg;
    struct fnd_writer *w;
    int code;
};

static void on_space(struct fnd_msg *m)
{
    struct space_msg *s = (struct space_msg *)m;
    s->w->with.calls->space(s->w->with.owner, s->code);
    free(s);
}

static void post_space(struct fnd_writer *w, int code)
{
    struct space_msg *s = calloc(1, sizeof *s);
    if (!s)
        return;
    s->msg.run = on_space;
    s->w = w;
    s->code = code;
    fnd_mailbox_post(w->with.box, &s->msg);
}

/* Tries once to commit all operations of the list in one transaction. */
static int attempt(struct fnd_writer *w, struct fnd_op *list, struct fn_error *err)
{
    struct fn_txn *t = NULL;
    int rc = fn_txn_begin(w->with.store, true, FND_LOCK_WAIT_MS, &t, err);
    if (rc)
        return rc;
    for (struct fnd_op *op = list; op && !rc; op = op->next)
        rc = op->apply(t, op, err);
    if (rc) {
        fn_txn_abort(t);
        return rc;
    }
    return fn_index_commit(t, err);
}

/* Repeats the attempt until it succeeds or fails permanently, or the daemon stops while the
 * disk is full or another process has the writer lock. */
static int commit_list(struct fnd_writer *w, struct fnd_op *list, struct fn_error *err)
{
    bool told = false;
    for (;;) {
        int rc = attempt(w, list, err);
        if (rc == -EAGAIN)
            continue; /* the map has grown */
        if (rc == FN_EBUSY)
            fn_log(FN_LOG_WARN, "%s, waiting", err->text);
        if (rc != FN_EBUSY && !is_no_space(rc)) {
            if (told)
                post_space(w, 0);
            return rc;
        }
        if (rc != FN_EBUSY && !told)
            post_space(w, rc);
        told = told || rc != FN_EBUSY;
        if (fnd_writer_stopped(w))
            return rc;
        struct timespec ts;
        fnd_deadline(&ts, rc == FN_EBUSY ? 100 : SPACE_RETRY_S * 1000);
        pthread_mutex_lock(&w->lock);
        if (!w->stop)
            (void)pthread_cond_timedwait(&w->more, &w->lock, &ts);
        pthread_mutex_unlock(&w->lock);
    }
}

static void on_op(struct fnd_msg *m)
{
    struct fnd_op *op = (struct fnd_op *)m;
    const struct fnd_writer_setup *with = &op->writer->with;
    if (op->status == 0)
        with->calls->written(with->owner, op->gives_faces);
    if (op->done)
        op->done(op);
    op->destroy(op);
}

static void finish(struct fnd_writer *w, struct fnd_op *op, int status,
                   const struct fn_error *err)
{
    op->status = status;
    if (status)
        op->err = *err;
    op->msg.run = on_op;
    fnd_mailbox_post(w->with.box, &op->msg);
}

void fnd_write_batch(struct fnd_writer *w, struct fnd_op *list)
{
    struct fn_error err = {0};
    int rc = commit_list(w, list, &err);
    bool alone = rc && list->next && !is_no_space(rc) && rc != FN_EBUSY;
    while (list) {
        struct fnd_op *op = list;
        list = op->next;
        op->next = NULL;
        if (alone)
            rc = commit_list(w, op, &err);
        finish(w, op, rc, &err);
    }
}
