/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/outcome.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/jobs/reply.h"
#include "engine/base/clock.h"

struct outcome {
    struct fnd_op op;
    struct fnd_outcome_to to;
    enum fnd_outcome_kind kind;
    struct fnd_job *job;
    int64_t not_before_s;
    struct fn_ingest in;
    struct fn_ingest_face *faces; /* NULL: none came from a worker */
    uint16_t *features;           /* n_faces x feature_width */
};

static void destroy(struct fnd_op *op)
{
    struct outcome *o = (struct outcome *)op;
    free(o->faces);
    free(o->features);
    free(o);
}

static void done(struct fnd_op *op)
{
    const struct outcome *o = (const struct outcome *)op;
    struct fnd_outcome_end end = {.kind = o->kind,
                                  .status = op->status,
                                  .text = op->err.text,
                                  .bad = o->in.photo.state == FN_PHOTO_BAD,
                                  .has_faces = o->faces != NULL,
                                  .n_faces = o->in.n_faces};
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
    struct fn_ingest in = o->in; /* the call writes into it */
    fn_photo_id id;
    int rc = fnd_reply_model(t, o->to.profile, &in, err);
    return rc ? rc : fn_ingest_photo(t, &in, &id, err);
}

static int copy_faces(struct outcome *o, const struct fn_work_reply *r)
{
    size_t n = r->photo.n_faces, width = r->feature_width;
    o->faces = calloc(n + 1, sizeof *o->faces);
    o->features = calloc(n * width + 1, sizeof *o->features);
    if (!o->faces || !o->features || width > FN_FEATURE_MAX)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        fnd_reply_face(&o->faces[i], &r->photo.faces[i]);
        memcpy(o->features + i * width, r->photo.faces[i].feature, width * sizeof(uint16_t));
        o->faces[i].feature = o->features + i * width;
    }
    o->in.faces = o->faces;
    o->in.n_faces = (uint32_t)n;
    o->in.feature_width = (uint32_t)width;
    return 0;
}

int fnd_outcome_photo(const struct fnd_outcome_to *to, struct fnd_job *j,
                      const struct fn_work_reply *reply, const struct fn_h128 *profile_id)
{
    struct outcome *o = create(to, FND_OUTCOME_PHOTO, j, photo_apply);
    if (!o)
        return -ENOMEM;
    o->in.path = j->path;
    o->in.hash = j->hash;
    o->in.photo.size = j->path.size;
    o->in.photo.seen_s = fn_clock_wall_s();
    if (reply) {
        o->in.profile_id = *profile_id;
        fnd_reply_photo(&o->in.photo, reply);
        o->op.gives_faces = reply->photo.n_faces > 0;
        if (copy_faces(o, reply)) {
            destroy(&o->op);
            return -ENOMEM;
        }
    } else {
        o->in.photo.state = FN_PHOTO_BAD;
        (void)snprintf(o->in.photo.reason, sizeof o->in.photo.reason, "%s", j->reason);
    }
    return submit(o);
}

/* ---- the rest ---- */

static int known_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct fnd_job *j = ((struct outcome *)op)->job;
    int rc = fn_ingest_known(t, &j->hash, &j->path, err);
    /* Dropped between (the grace time ended): it stays in the queue and is read after all. */
    return rc == FN_ENOTFOUND ? fn_error_set(err, rc, "the content is not known any more") : rc;
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
