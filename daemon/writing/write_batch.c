/* SPDX-License-Identifier: MIT */
/* Batches and their repeats. */
#include "daemon/writing/writer_priv.h"

#include "index/ingest/update.h"

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

static int commit_list(struct fnd_writer *w, struct fnd_op *list, struct fn_error *err)
{
    bool told = false;
    int rc;
    do
        rc = attempt(w, list, err);
    while (fnd_write_again(w, rc, err, &told));
    return rc;
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
    bool alone = rc && list->next && !fnd_is_disk_code(rc) && rc != FN_EBUSY;
    while (list) {
        struct fnd_op *op = list;
        list = op->next;
        op->next = NULL;
        if (alone)
            rc = commit_list(w, op, &err);
        finish(w, op, rc, &err);
    }
}
