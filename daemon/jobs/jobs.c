/* SPDX-License-Identifier: MIT */
/* Jobs: a bounded number of queue entries in flight. The queue is walked with a cursor; entries
 * that cannot be taken (root away, retry later, in flight) are passed over and looked at again
 * after a rewind. */
#include "daemon/jobs/jobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/jobs/job.h"
#include "daemon/base/name_list.h"
#include "daemon/jobs/outcome.h"
#include "daemon/watching/quiet.h"
#include "daemon/jobs/worker_pool.h"
#include "engine/base/clock.h"

enum {
    CHUNK = 16,          /* entries per look into the queue */
    JOBS_BASE = 16,      /* jobs in flight: this and ... */
    JOBS_PER_WORKER = 4, /* ... this many per worker, so that hashing is ahead of the workers */
    TRIES_FREE = 10,     /* killed from outside so often without a pause */
    TROUBLE_TRIES = 3,   /* failing reads until a photo is called bad */
    SOON_S = 61,
};

struct fnd_dispatch {
    struct fnd_job *jobs, **tail;
    size_t n_jobs;
    struct fn_queue_entry *chunk;
    struct fn_queue_entry cursor;
    bool has_cursor, rewind;
};

int fnd_dispatch_start(struct fnd *f, struct fn_error *err)
{
    struct fnd_dispatch *d = calloc(1, sizeof *d);
    if (d)
        d->chunk = calloc(CHUNK, sizeof *d->chunk);
    if (!d || !d->chunk) {
        free(d);
        return fn_error_set(err, -ENOMEM, "out of memory");
    }
    d->tail = &d->jobs;
    f->dispatch = d;
    return 0;
}

static void job_free(struct fnd_job *j)
{
    if (j->fd >= 0)
        (void)close(j->fd);
    fnd_rules_unref(j->rules);
    free(j);
}

void fnd_dispatch_free(struct fnd *f)
{
    struct fnd_dispatch *d = f->dispatch;
    if (!d)
        return;
    while (d->jobs) {
        struct fnd_job *j = d->jobs;
        d->jobs = j->next;
        job_free(j);
    }
    free(d->chunk);
    free(d);
    f->dispatch = NULL;
}

bool fnd_dispatch_idle(const struct fnd *f)
{
    return f->dispatch->n_jobs == 0;
}

size_t fnd_dispatch_in_flight(const struct fnd *f)
{
    return f->dispatch->n_jobs;
}

uint64_t fnd_dispatch_queued(struct fnd *f)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    uint64_t n = 0;
    if (fn_txn_begin(f->store, false, 0, &t, &err))
        return 0;
    if (fn_queue_count(t, &n))
        n = 0;
    fn_txn_abort(t);
    return n;
}

static size_t peek(struct fnd *f, int64_t now_s, const struct fn_queue_entry *after)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    size_t n = 0;
    if (fn_txn_begin(f->store, false, 0, &t, &err))
        return 0;
    int rc = fn_queue_peek(t, now_s, after, f->dispatch->chunk, CHUNK, &n);
    fn_txn_abort(t);
    if (rc)
        fn_log(FN_LOG_ERROR, "the queue cannot be read: %s", fn_strerror(rc));
    return rc ? 0 : n;
}

static bool takeable(struct fnd *f, const struct fn_queue_entry *e)
{
    const struct fnd_root *r = fnd_root_by_id(f, e->root);
    if (!r || r->rec.state == FN_ROOT_AWAY)
        return false;
    for (const struct fnd_job *j = f->dispatch->jobs; j; j = j->next)
        if (j->root_id == e->root && strcmp(j->e.path, e->path) == 0)
            return false;
    return true;
}

bool fnd_dispatch_waiting(struct fnd *f)
{
    struct fn_queue_entry after;
    const struct fn_queue_entry *from = NULL;
    size_t n;
    while ((n = peek(f, fn_clock_wall_s() + SOON_S, from)) > 0) {
        for (size_t i = 0; i < n; i++)
            if (takeable(f, &f->dispatch->chunk[i]))
                return true;
        after = f->dispatch->chunk[n - 1];
        from = &after;
    }
    return false;
}

/* ---- taking ---- */

static void on_admitted(struct fnd *f, struct fnd_msg *m);

static bool start(struct fnd *f, const struct fn_queue_entry *e)
{
    struct fnd_dispatch *d = f->dispatch;
    struct fnd_root *r = fnd_root_by_id(f, e->root);
    struct fnd_job *j = calloc(1, sizeof *j);
    if (!j || !r) {
        free(j);
        return false;
    }
    j->task.msg.run = on_admitted;
    j->task.work = fnd_admit_work;
    j->fd = -1;
    j->root_id = e->root;
    j->e = *e;
    j->rules = fnd_rules_ref(f->rules);
    j->max_file_bytes = f->cfg->max_file_bytes;
    memcpy(j->root_path, r->rec.path, sizeof j->root_path);
    *d->tail = j;
    d->tail = &j->next;
    d->n_jobs++;
    fnd_reader_submit(r->reader, &j->task, false);
    return true;
}

void fnd_dispatch(struct fnd *f)
{
    struct fnd_dispatch *d = f->dispatch;
    size_t limit = JOBS_BASE + JOBS_PER_WORKER * fnd_pool_size(f);
    while (fnd_may_work(f) && d->n_jobs < limit) {
        size_t n = peek(f, fn_clock_wall_s(), d->has_cursor ? &d->cursor : NULL);
        if (n == 0) {
            if (!d->rewind || !d->has_cursor)
                break;
            d->rewind = d->has_cursor = false;
            continue;
        }
        for (size_t i = 0; i < n && d->n_jobs < limit; i++) {
            if (takeable(f, &d->chunk[i]) && !start(f, &d->chunk[i]))
                return;
            d->cursor = d->chunk[i];
            d->has_cursor = true;
        }
    }
}

void fnd_dispatch_rewind(struct fnd *f)
{
    f->dispatch->rewind = true;
}

void fnd_dispatch_pushed(struct fnd *f, bool urgent)
{
    if (urgent) /* they are wanted now, not after all the others */
        f->dispatch->has_cursor = false;
    fnd_advance(f);
}

void fnd_dispatch_stale(struct fnd *f, fn_root_id root, const char *rel)
{
    for (struct fnd_job *j = f->dispatch->jobs; j; j = j->next)
        j->stale = j->stale || (j->root_id == root && fnd_is_below(rel, j->e.path));
}

/* ---- after admission ---- */

static bool same_content(const struct fnd_job *a, const struct fnd_job *b)
{
    return a != b && a->state != FND_JOB_ADMIT && a->state != FND_JOB_TWIN &&
           a->end == FND_ADMIT_NEW && fn_h128_eq(&a->hash, &b->hash);
}

static bool has_twin(struct fnd *f, const struct fnd_job *j)
{
    for (const struct fnd_job *k = f->dispatch->jobs; k; k = k->next)
        if (same_content(k, j))
            return true;
    return false;
}

static void trouble(struct fnd *f, struct fnd_job *j)
{
    struct fnd_root *r = fnd_root_by_id(f, j->root_id);
    if (j->e.tries >= TROUBLE_TRIES && j->reason[0]) {
        fnd_dispatch_bad(f, j, j->reason);
        return;
    }
    if (r && !r->n_scans)
        fnd_root_scan(f, r, "", false); /* is the drive still there? */
    fnd_outcome_requeue(f, j, fn_clock_wall_s() + 5 + 10 * j->e.tries);
}

static void admitted(struct fnd *f, struct fnd_job *j)
{
    switch (j->end) {
    case FND_ADMIT_NONE:
        fnd_dispatch_abandon(f, j);
        return;
    case FND_ADMIT_GONE:
    case FND_ADMIT_OTHER:
        fnd_outcome_dequeue(f, j);
        return;
    case FND_ADMIT_CHANGING:
        fnd_outcome_requeue(f, j, fn_clock_wall_s() + 1 + (int64_t)(f->cfg->settle_ms / 1000));
        return;
    case FND_ADMIT_TROUBLE:
        trouble(f, j);
        return;
    case FND_ADMIT_BAD:
        fnd_outcome_photo(f, j, NULL, NULL);
        return;
    case FND_ADMIT_KNOWN:
        fnd_outcome_known(f, j);
        return;
    case FND_ADMIT_NEW:
        j->state = has_twin(f, j) ? FND_JOB_TWIN : FND_JOB_READY;
        fnd_pool_feed(f);
        return;
    }
}

static void on_admitted(struct fnd *f, struct fnd_msg *m)
{
    struct fnd_job *j = (struct fnd_job *)m;
    if (f->stopping)
        fnd_dispatch_abandon(f, j);
    else
        admitted(f, j);
    fnd_advance(f);
}

bool fnd_dispatch_ready(const struct fnd *f)
{
    for (const struct fnd_job *j = f->dispatch->jobs; j; j = j->next)
        if (j->state == FND_JOB_READY)
            return true;
    return false;
}

struct fnd_job *fnd_dispatch_take(struct fnd *f)
{
    if (!fnd_may_work(f))
        return NULL;
    for (struct fnd_job *j = f->dispatch->jobs; j; j = j->next)
        if (j->state == FND_JOB_READY) {
            j->state = FND_JOB_WORKER;
            return j;
        }
    return NULL;
}

void fnd_dispatch_replied(struct fnd *f, struct fnd_job *j, const struct fn_work_reply *r,
                          const struct fn_h128 *profile_id)
{
    f->n.cpu_ns += r->cpu_ns;
    f->n.peak_bytes = r->peak_bytes > f->n.peak_bytes ? r->peak_bytes : f->n.peak_bytes;
    if (r->code == -EIO || r->code == -ESTALE || r->code == -ENODEV || r->code == -ENXIO) {
        (void)snprintf(j->reason, sizeof j->reason, "%.*s", FN_REASON_MAX - 1, r->text);
        trouble(f, j);
    } else if (r->code) {
        fnd_dispatch_bad(f, j, r->text[0] ? r->text : fn_strerror(r->code));
    } else {
        f->n.decode_ns += r->photo.ns.decode;
        f->n.detect_ns += r->photo.ns.detect;
        f->n.landmarks_ns += r->photo.ns.landmarks;
        f->n.embed_ns += r->photo.ns.embed;
        fnd_outcome_photo(f, j, r, profile_id);
    }
}

void fnd_dispatch_bad(struct fnd *f, struct fnd_job *j, const char *reason)
{
    char text[FN_REASON_MAX];
    (void)snprintf(text, sizeof text, "%s", reason);
    memcpy(j->reason, text, sizeof j->reason);
    fnd_outcome_photo(f, j, NULL, NULL);
}

void fnd_dispatch_again(struct fnd *f, struct fnd_job *j, const char *why)
{
    char name[FN_PATH_MAX];
    int64_t delay = j->e.tries < TRIES_FREE ? 0 : j->e.tries < 50 ? 30 : 300;
    fn_log(FN_LOG_WARN, "%s: its worker was %s, the photo goes back to the end of the queue",
           fnd_log_name(f, j->root_path, j->e.path, name), why);
    fnd_outcome_requeue(f, j, delay ? fn_clock_wall_s() + delay : 0);
}

/* ---- the end of a job ---- */

static void unlink_job(struct fnd *f, struct fnd_job *j)
{
    struct fnd_dispatch *d = f->dispatch;
    struct fnd_job **at = &d->jobs;
    while (*at != j)
        at = &(*at)->next;
    *at = j->next;
    if (!j->next)
        d->tail = at;
    d->n_jobs--;
}

void fnd_dispatch_abandon(struct fnd *f, struct fnd_job *j)
{
    unlink_job(f, j);
    job_free(j);
}

static struct fnd_job *next_twin(struct fnd *f, const struct fn_h128 *hash)
{
    for (struct fnd_job *j = f->dispatch->jobs; j; j = j->next)
        if (j->state == FND_JOB_TWIN && fn_h128_eq(&j->hash, hash))
            return j;
    return NULL;
}

void fnd_dispatch_finished(struct fnd *f, struct fnd_job *j, bool dequeued)
{
    struct fnd_root *r = fnd_root_by_id(f, j->root_id);
    struct fn_h128 hash = j->hash;
    bool content = j->end == FND_ADMIT_NEW;
    if (dequeued)
        f->n.done++;
    else
        fnd_dispatch_rewind(f);
    if (r && j->stale) {
        fnd_settle_gone(f, r, j->e.path, false);
        fnd_settle_touch(f, r, j->e.path);
    }
    unlink_job(f, j);
    job_free(j);
    /* Twins: a known photo now; when this one failed, the first of them finds out by itself. */
    for (struct fnd_job *t; content && !f->stopping && (t = next_twin(f, &hash));)
        fnd_outcome_known(f, t);
    fnd_advance(f);
}
