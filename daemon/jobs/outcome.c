/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/outcome.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "index/intake/found_photo.h"

struct outcome {
    struct fnd_op op;
    struct fnd_outcome_to to;
    enum fnd_outcome_kind kind;
    struct fnd_job *job;
    int64_t not_before_s;
    struct fn_found_photo found; /* its faces are NULL when there is no reply of a worker */
};

static void destroy(struct fnd_op *op)
{
    struct outcome *o = (struct outcome *)op;
    fn_found_finish(&o->found);
    free(o);
}

static void done(struct fnd_op *op)
{
    const struct outcome *o = (const struct outcome *)op;
    struct fnd_outcome_end end = {.kind = o->kind,
                                  .status = op->status,
                                  .text = op->err.text,
                                  .bad = o->found.in.photo.state == FN_PHOTO_BAD,
                                  .has_faces = o->found.faces != NULL,
                                  .n_faces = o->found.in.n_faces};
    o->to.done(o->job, &end);
}

static struct outcome *create(const struct fnd_outcome_to *to, enum fnd_outcome_kind kind,
                              struct fnd_job *j,
                              int (*apply)(struct fn_txn *, struct fnd_op *, struct fn_error *))
{
    struct outcome *o = calloc(1, sizeof *o);
    if (j->fd >= 0)
        (void)close(j->fd);
    j->fd = -1;
    j->state = FND_JOB_WRITE;
    if (!o)
        return NULL;
    o->op.apply = apply;
    o->op.done = done;
    o->op.destroy = destroy;
    o->to = *to;
    o->kind = kind;
    o->job = j;
    return o;
}

/* o may be NULL. */
static int submit(struct outcome *o)
{
    if (!o)
        return -ENOMEM;
    fnd_writer_submit(o->to.writer, &o->op);
    return 0;
}

/* ---- a photo ---- */

static int photo_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    const struct outcome *o = (const struct outcome *)op;
    return fn_found_write(t, o->to.profile, &o->found, err);
}

int fnd_outcome_photo(const struct fnd_outcome_to *to, struct fnd_job *j,
                      const struct fn_work_reply *reply, const struct fn_h128 *profile_id)
{
    struct outcome *o = create(to, FND_OUTCOME_PHOTO, j, photo_apply);
    if (!o)
        return -ENOMEM;
    if (!reply) {
        fn_found_bad(&o->found, &j->path, &j->hash, j->reason);
        return submit(o);
    }
    o->op.gives_faces = reply->photo.n_faces > 0;
    int rc = fn_found_reply(&o->found, &j->path, &j->hash, reply, profile_id);
    if (rc == 0)
        return submit(o);
    destroy(&o->op);
    return rc;
}

/* ---- the rest ---- */

static int known_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct fnd_job *j = ((struct outcome *)op)->job;
    int rc = fn_ingest_known(t, &j->hash, &j->path, err);
    /* Dropped meanwhile (the grace time ended): the entry remains in the queue and the file is
     * read again. */
    return rc == FN_ENOTFOUND ? fn_error_set(err, rc, "the content is no longer known") : rc;
}

int fnd_outcome_known(const struct fnd_outcome_to *to, struct fnd_job *j)
{
    struct outcome *o = create(to, FND_OUTCOME_KNOWN, j, known_apply);
    if (o)
        o->op.gives_faces = true; /* a photo that was gone may be back */
    return submit(o);
}

static int gone_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    const struct fnd_job *j = ((struct outcome *)op)->job;
    return fn_queue_remove(t, j->root_id, j->e.path, err);
}

int fnd_outcome_gone(const struct fnd_outcome_to *to, struct fnd_job *j)
{
    return submit(create(to, FND_OUTCOME_GONE, j, gone_apply));
}

static int requeue_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    const struct outcome *o = (const struct outcome *)op;
    int rc = fn_queue_requeue(t, o->job->root_id, o->job->e.path, o->not_before_s, err);
    return rc == FN_ENOTFOUND ? 0 : rc; /* renamed meanwhile */
}

int fnd_outcome_requeue(const struct fnd_outcome_to *to, struct fnd_job *j,
                        int64_t not_before_s)
{
    struct outcome *o = create(to, FND_OUTCOME_REQUEUE, j, requeue_apply);
    if (o)
        o->not_before_s = not_before_s;
    return submit(o);
}
