/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/outcome.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/jobs/jobs.h"
#include "daemon/talking/progress.h"
#include "daemon/jobs/reply.h"
#include "daemon/watching/quiet.h"
#include "daemon/writing/writer.h"
#include "engine/base/clock.h"

enum { BAD_LINES = 5 }; /* of --once on stderr; then a word about fnq files --bad */

struct outcome {
    struct fnd_op op;
    struct fnd_job *job;
    int64_t not_before_s;
    struct fn_ingest in;
    struct fn_ingest_face *faces;
    uint16_t *features; /* n_faces x feature_width */
};

static void destroy(struct fnd_op *op)
{
    struct outcome *o = (struct outcome *)op;
    free(o->faces);
    free(o->features);
    free(o);
}

static struct outcome *create(struct fnd *f, struct fnd_job *j,
                              int (*apply)(struct fnd *, struct fn_txn *, struct fnd_op *,
                                           struct fn_error *),
                              void (*done)(struct fnd *, struct fnd_op *))
{
    struct outcome *o = calloc(1, sizeof *o);
    if (j->fd >= 0)
        (void)close(j->fd);
    j->fd = -1;
    j->state = FND_JOB_WRITE;
    if (!o) {
        fn_log(FN_LOG_ERROR, "out of memory, a photo stays in the queue");
        fnd_dispatch_finished(f, j, false);
        return NULL;
    }
    o->op.apply = apply;
    o->op.done = done;
    o->op.destroy = destroy;
    o->job = j;
    return o;
}

/* An operation that failed for good. The entry is still in the queue. */
static void failed(struct fnd *f, struct outcome *o)
{
    char name[FN_PATH_MAX];
    int code = o->op.status;
    struct fnd_job *j = o->job;
    fnd_log_name(f, j->root_path, j->e.path, name);
    if (f->stopping) {
        fnd_dispatch_abandon(f, j);
        return;
    }
    if (code == FN_ECORRUPT) {
        fnd_fatal(f, FND_DAMAGED,
                  "%s: %s. Labels are safe in labels.log. Look closer: fnq doctor --deep",
                  f->index_dir, o->op.err.text);
        fnd_dispatch_abandon(f, j);
        return;
    }
    fn_log(FN_LOG_ERROR, "%s: cannot be stored: %s", name, o->op.err.text);
    if (code == -EINVAL && o->faces)
        fnd_dispatch_bad(f, j, "the worker gave values out of their range");
    else
        fnd_dispatch_finished(f, j, false);
}

/* ---- a photo ---- */

static int photo_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct fn_ingest in = ((struct outcome *)op)->in; /* the call writes into it */
    fn_photo_id id;
    int rc = fnd_reply_model(t, &f->profile, &in, err);
    return rc ? rc : fn_ingest_photo(t, &in, &id, err);
}

static void say_bad(struct fnd *f, const struct outcome *o)
{
    char name[FN_PATH_MAX];
    fnd_log_name(f, o->job->root_path, o->job->e.path, name);
    if (!f->opt.once)
        fn_log(FN_LOG_WARN, "%s: %s, listed in fnq files --bad", name, o->in.photo.reason);
    else if (f->n.bad <= BAD_LINES)
        fnd_progress_line(f, "facenetd: %s: %s.", name, o->in.photo.reason);
    else if (f->n.bad == BAD_LINES + 1)
        fnd_progress_line(f, "facenetd: more bad files. List them: fnq files --bad");
}

static void photo_done(struct fnd *f, struct fnd_op *op)
{
    struct outcome *o = (struct outcome *)op;
    if (op->status) {
        failed(f, o);
        return;
    }
    if (o->in.photo.state == FN_PHOTO_BAD) {
        f->n.bad++;
        f->stats.bad++;
        say_bad(f, o);
    } else {
        f->n.photos++;
        f->n.faces += o->in.n_faces;
    }
    fnd_dispatch_finished(f, o->job, true);
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

void fnd_outcome_photo(struct fnd *f, struct fnd_job *j, const struct fn_work_reply *reply,
                       const struct fn_h128 *profile_id)
{
    struct outcome *o = create(f, j, photo_apply, photo_done);
    if (!o)
        return;
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
            fnd_dispatch_finished(f, j, false);
            return;
        }
    } else {
        o->in.photo.state = FN_PHOTO_BAD;
        (void)snprintf(o->in.photo.reason, sizeof o->in.photo.reason, "%s", j->reason);
    }
    fnd_writer_submit(f, &o->op);
}

/* ---- the rest ---- */

static int known_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct fnd_job *j = ((struct outcome *)op)->job;
    (void)f;
    int rc = fn_ingest_known(t, &j->hash, &j->path, err);
    /* Dropped between (the grace time ended): it stays in the queue and is read after all. */
    return rc == FN_ENOTFOUND ? fn_error_set(err, rc, "the content is not known any more") : rc;
}

static void known_done(struct fnd *f, struct fnd_op *op)
{
    struct outcome *o = (struct outcome *)op;
    if (op->status == FN_ENOTFOUND) {
        fnd_dispatch_finished(f, o->job, false);
    } else if (op->status) {
        failed(f, o);
    } else {
        f->n.known++;
        fnd_dispatch_finished(f, o->job, true);
    }
}

void fnd_outcome_known(struct fnd *f, struct fnd_job *j)
{
    struct outcome *o = create(f, j, known_apply, known_done);
    if (!o)
        return;
    o->op.gives_faces = true; /* a photo that was gone may be back */
    fnd_writer_submit(f, &o->op);
}

static int dequeue_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op,
                         struct fn_error *err)
{
    struct fnd_job *j = ((struct outcome *)op)->job;
    (void)f;
    return fn_queue_remove(t, j->root_id, j->e.path, err);
}

static int requeue_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op,
                         struct fn_error *err)
{
    struct outcome *o = (struct outcome *)op;
    (void)f;
    int rc = fn_queue_requeue(t, o->job->root_id, o->job->e.path, o->not_before_s, err);
    return rc == FN_ENOTFOUND ? 0 : rc; /* renamed meanwhile */
}

static void dequeue_done(struct fnd *f, struct fnd_op *op)
{
    struct outcome *o = (struct outcome *)op;
    if (op->status) {
        failed(f, o);
        return;
    }
    /* If the index shows a photo there, the loss is judged like any other. */
    struct fnd_root *r = fnd_root_by_id(f, o->job->root_id);
    if (r)
        fnd_settle_gone(f, r, o->job->e.path, false);
    fnd_dispatch_finished(f, o->job, true);
}

static void requeue_done(struct fnd *f, struct fnd_op *op)
{
    struct outcome *o = (struct outcome *)op;
    if (op->status)
        failed(f, o);
    else
        fnd_dispatch_finished(f, o->job, false);
}

void fnd_outcome_dequeue(struct fnd *f, struct fnd_job *j)
{
    struct outcome *o = create(f, j, dequeue_apply, dequeue_done);
    if (o)
        fnd_writer_submit(f, &o->op);
}

void fnd_outcome_requeue(struct fnd *f, struct fnd_job *j, int64_t not_before_s)
{
    struct outcome *o = create(f, j, requeue_apply, requeue_done);
    if (!o)
        return;
    o->not_before_s = not_before_s;
    fnd_writer_submit(f, &o->op);
}
