/* SPDX-License-Identifier: MIT */
/* The writer thread: batches, repeats, and what is done when there is nothing to write
 * (settling, counting). */
#include "daemon/writing/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/writing/index_writes.h"
#include "engine/base/clock.h"
#include "index/people/settle.h"
#include "index/ingest/update.h"

enum {
    BATCH_OPS = 64,
    COUNT_S = 5,       /* while photos come in they are counted this often, */
    COUNT_SHARE = 50,  /* and that takes no more than one part in this many of the time */
    SETTLE_SHARE = 10, /* while batches follow each other, settling takes no more than one part
                          in this many */
    BATCH_MS = 30,
    BACKLOG_OPS = 256,   /* readers wait above this */
    LOCK_WAIT_MS = 5000, /* for another process's transaction */
    SPACE_RETRY_S = 5,
    SETTLE_FACES =
        8000, /* per unit: what is thrown away when another process writes meanwhile */
};

struct fnd_writer {
    struct fnd *f;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t more, less;
    struct fnd_op *head, *tail;
    size_t n;
    bool busy, stop, want_settle, want_labels;
    /* writer thread only */
    uint64_t n_assertions;
    struct fn_settler *settler;
    uint64_t count_at_ns, settle_at_ns; /* not before */
};

static void deadline(struct timespec *ts, uint64_t ms)
{
    (void)clock_gettime(CLOCK_MONOTONIC, ts);
    ts->tv_sec += (time_t)(ms / 1000);
    ts->tv_nsec += (long)(ms % 1000) * 1000000;
    if (ts->tv_nsec >= 1000000000) {
        ts->tv_nsec -= 1000000000;
        ts->tv_sec++;
    }
}

static bool stopped(struct fnd_writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool s = w->stop;
    pthread_mutex_unlock(&w->lock);
    return s;
}

static bool is_no_space(int code)
{
    return code == -ENOSPC || code == -EDQUOT || code == -EROFS || code == -EIO;
}

/* Tells the loop that writing stands still, or goes on. */
struct space_msg {
    struct fnd_msg msg;
    int code;
};

static void on_space(struct fnd *f, struct fnd_msg *m)
{
    struct space_msg *s = (struct space_msg *)m;
    fnd_ops_space(f, s->code);
    free(s);
}

static void post_space(struct fnd_writer *w, int code)
{
    struct space_msg *s = calloc(1, sizeof *s);
    if (!s)
        return;
    s->msg.run = on_space;
    s->code = code;
    fnd_post(w->f, &s->msg);
}

/* One attempt at a transaction with all ops of the list. */
static int attempt(struct fnd_writer *w, struct fnd_op *list, struct fn_error *err)
{
    struct fn_txn *t = NULL;
    int rc = fn_txn_begin(w->f->store, true, LOCK_WAIT_MS, &t, err);
    if (rc)
        return rc;
    for (struct fnd_op *op = list; op && !rc; op = op->next)
        rc = op->apply(w->f, t, op, err);
    if (rc) {
        fn_txn_abort(t);
        return rc;
    }
    return fn_index_commit(t, err);
}

/* Attempts until it is in, fails for good, or the daemon stops while the disk is full or
 * another writer stays. */
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
        if (stopped(w))
            return rc;
        struct timespec ts;
        deadline(&ts, rc == FN_EBUSY ? 100 : SPACE_RETRY_S * 1000);
        pthread_mutex_lock(&w->lock);
        if (!w->stop)
            (void)pthread_cond_timedwait(&w->more, &w->lock, &ts);
        pthread_mutex_unlock(&w->lock);
    }
}

static void on_op(struct fnd *f, struct fnd_msg *m)
{
    struct fnd_op *op = (struct fnd_op *)m;
    if (op->status == 0) {
        f->last_change_ns = fn_clock_mono_ns();
        f->unsettled = f->unsettled || op->gives_faces;
    }
    if (op->done)
        op->done(f, op);
    op->destroy(op);
}

static void finish(struct fnd_writer *w, struct fnd_op *op, int status,
                   const struct fn_error *err)
{
    op->status = status;
    if (status)
        op->err = *err;
    op->msg.run = on_op;
    fnd_post(w->f, &op->msg);
}

static void run_batch(struct fnd_writer *w, struct fnd_op *list)
{
    struct fn_error err = {0};
    int r = commit_list(w, list, &err);
    bool alone = r && list->next && !is_no_space(r) && r != FN_EBUSY;
    while (list) {
        struct fnd_op *op = list;
        list = op->next;
        op->next = NULL;
        if (alone)
            r = commit_list(w, op, &err);
        finish(w, op, r, &err);
    }
}

/* ---- people ---- */

struct stats_msg {
    struct fnd_msg msg;
    struct fnd_stats s;
    bool settled;
};

static void on_stats(struct fnd *f, struct fnd_msg *m)
{
    struct stats_msg *s = (struct stats_msg *)m;
    f->stats = s->s;
    if (s->settled)
        fnd_ops_settled(f);
    free(s);
}

static int count_photo(const struct fn_photo *p, void *ctx)
{
    struct fnd_stats *s = ctx;
    s->photos += p->state != FN_PHOTO_GONE;
    s->bad += p->state == FN_PHOTO_BAD;
    s->faces += p->state == FN_PHOTO_OK ? p->n_faces : 0;
    return 0;
}

static int count_person(const struct fn_person *p, void *ctx)
{
    struct fnd_stats *s = ctx;
    s->named += p->name[0] != '\0';
    s->unnamed += p->name[0] == '\0';
    return 0;
}

/* settled: and nothing waits to be grouped. */
static void count_all(struct fnd_writer *w, bool settled)
{
    struct fn_error err;
    struct fn_txn *t = NULL;
    uint64_t began = fn_clock_mono_ns(), rest = COUNT_S * 1000000000ull;
    struct stats_msg *s = calloc(1, sizeof *s);
    if (!s || fn_txn_begin(w->f->store, false, 0, &t, &err)) {
        free(s);
        return;
    }
    (void)fn_photo_each(t, count_photo, &s->s);
    (void)fn_person_each(t, count_person, &s->s);
    fn_txn_abort(t);
    uint64_t now = fn_clock_mono_ns(), took = COUNT_SHARE * (now - began);
    w->count_at_ns = now + (took > rest ? took : rest);
    s->msg.run = on_stats;
    s->settled = settled;
    fnd_post(w->f, &s->msg);
}

static bool ops_wait(struct fnd_writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool yes = w->head != NULL;
    pthread_mutex_unlock(&w->lock);
    return yes;
}

static bool settle_unit(struct fnd_writer *w, size_t *ret_left)
{
    struct fn_error err;
    int rc;
    do
        rc = fn_people_settle_unit(w->settler, SETTLE_FACES, LOCK_WAIT_MS, ret_left, &err);
    while (rc == -EAGAIN);
    if (rc)
        fn_log(FN_LOG_ERROR,
               "people could not be settled: %s, trying again after the next change", err.text);
    return rc == 0;
}

/* Units until nothing is left, or something else is to be written. */
static void settle_all(struct fnd_writer *w)
{
    size_t left = 1;
    bool more = true;
    while (left && more)
        more = settle_unit(w, &left) && !ops_wait(w) && !stopped(w);
    if (left && (ops_wait(w) || stopped(w))) {
        pthread_mutex_lock(&w->lock);
        w->want_settle = w->want_settle || !w->stop;
        pthread_mutex_unlock(&w->lock);
        return;
    }
    fn_settler_forget(w->settler);
    count_all(w, true);
}

/* After a batch: what it brought, so that nothing piles up, and a step of what else there is
 * (all faces anew), which would never come to its turn while batches follow each other. */
static void keep_up(struct fnd_writer *w)
{
    size_t left = 0;
    uint64_t began = fn_clock_mono_ns();
    if (began < w->settle_at_ns)
        return; /* a later batch takes them along, or the quiet after the last one */
    if (settle_unit(w, &left) && left && settle_unit(w, &left) && left) {
        pthread_mutex_lock(&w->lock);
        w->want_settle = true;
        pthread_mutex_unlock(&w->lock);
    }
    uint64_t now = fn_clock_mono_ns();
    w->settle_at_ns = now + SETTLE_SHARE * (now - began);
}

static void look_at_labels(struct fnd_writer *w)
{
    struct fn_error err;
    struct fn_txn *t = NULL;
    if (fn_txn_begin(w->f->store, false, 0, &t, &err))
        return;
    uint64_t n = fn_assert_count(t);
    fn_txn_abort(t);
    pthread_mutex_lock(&w->lock);
    if (n != w->n_assertions)
        w->want_labels = true;
    pthread_mutex_unlock(&w->lock);
    w->n_assertions = n;
}

static void sync_labels(struct fnd_writer *w)
{
    struct fn_error err;
    int rc = fn_labels_log_sync(w->f->store, w->f->labels_log, &err);
    if (rc)
        fn_log(FN_LOG_ERROR, "labels.log is not up to date: %s. Look: fnq doctor", err.text);
}

/* ---- the thread ---- */

/* Waits for work; with the lock held. Takes up to BATCH_OPS after the first has waited
 * BATCH_MS. */
static struct fnd_op *take(struct fnd_writer *w)
{
    struct timespec ts;
    if (w->head && !w->stop) {
        deadline(&ts, BATCH_MS);
        while (w->n < BATCH_OPS && !w->stop)
            if (pthread_cond_timedwait(&w->more, &w->lock, &ts) == ETIMEDOUT)
                break;
    }
    struct fnd_op *list = w->head, *last = NULL;
    for (size_t k = 0; w->head && k < BATCH_OPS; k++) {
        last = w->head;
        w->head = last->next;
        w->n--;
    }
    if (last)
        last->next = NULL;
    if (!w->head)
        w->tail = NULL;
    return list;
}

static void *writer_main(void *arg)
{
    struct fnd_writer *w = arg;
    sync_labels(w);
    count_all(w, true);
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->head && !w->stop && !w->want_settle && !w->want_labels)
            pthread_cond_wait(&w->more, &w->lock);
        if (w->stop && !w->head)
            break;
        w->busy = true;
        struct fnd_op *list = take(w);
        bool labels = !list && w->want_labels, settle = !list && !labels;
        w->want_labels = w->want_labels && !labels;
        w->want_settle = w->want_settle && !settle;
        pthread_cond_broadcast(&w->less);
        pthread_mutex_unlock(&w->lock);
        if (list) {
            run_batch(w, list);
            keep_up(w);
            look_at_labels(w);
            if (fn_clock_mono_ns() >= w->count_at_ns)
                count_all(w, false);
        } else if (labels) {
            sync_labels(w);
        } else {
            settle_all(w);
            look_at_labels(w);
        }
        pthread_mutex_lock(&w->lock);
        w->busy = false;
    }
    pthread_mutex_unlock(&w->lock);
    sync_labels(w);
    return NULL;
}

int fnd_writer_start(struct fnd *f, struct fn_error *err)
{
    struct fnd_writer *w = calloc(1, sizeof *w);
    if (!w)
        return fn_error_set(err, -ENOMEM, "out of memory");
    w->f = f;
    if (fn_settler_create(f->store, &w->settler)) {
        free(w);
        return fn_error_set(err, -ENOMEM, "out of memory");
    }
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->more, &attr);
    (void)pthread_cond_init(&w->less, &attr);
    (void)pthread_condattr_destroy(&attr);
    f->writer = w;
    int rc = pthread_create(&w->thread, NULL, writer_main, w);
    if (rc) {
        f->writer = NULL;
        fn_settler_destroy(w->settler);
        free(w);
        return fn_error_set(err, -rc, "cannot start the writer thread: %s", fn_strerror(-rc));
    }
    return 0;
}

void fnd_writer_stop(struct fnd *f)
{
    struct fnd_writer *w = f->writer;
    if (!w || stopped(w))
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->more);
    pthread_cond_broadcast(&w->less);
    pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->thread, NULL);
    /* The struct stays: a reader that hangs in a dead mount may still come and submit. */
}

void fnd_writer_free(struct fnd *f)
{
    struct fnd_writer *w = f->writer;
    if (!w)
        return;
    while (w->head) {
        struct fnd_op *op = w->head;
        w->head = op->next;
        op->destroy(op);
    }
    (void)pthread_mutex_destroy(&w->lock);
    (void)pthread_cond_destroy(&w->more);
    (void)pthread_cond_destroy(&w->less);
    fn_settler_destroy(w->settler);
    free(w);
    f->writer = NULL;
}

static void append(struct fnd_writer *w, struct fnd_op *op)
{
    op->next = NULL;
    if (w->tail)
        w->tail->next = op;
    else
        w->head = op;
    w->tail = op;
    w->n++;
    pthread_cond_signal(&w->more);
}

void fnd_writer_submit(struct fnd *f, struct fnd_op *op)
{
    struct fnd_writer *w = f->writer;
    pthread_mutex_lock(&w->lock);
    append(w, op);
    pthread_mutex_unlock(&w->lock);
}

void fnd_writer_submit_patiently(struct fnd *f, struct fnd_op *op)
{
    struct fnd_writer *w = f->writer;
    pthread_mutex_lock(&w->lock);
    while (w->n >= BACKLOG_OPS && !w->stop)
        pthread_cond_wait(&w->less, &w->lock);
    append(w, op);
    pthread_mutex_unlock(&w->lock);
}

bool fnd_writer_idle(struct fnd *f)
{
    struct fnd_writer *w = f->writer;
    pthread_mutex_lock(&w->lock);
    bool idle = !w->head && !w->busy && !w->want_settle && !w->want_labels;
    pthread_mutex_unlock(&w->lock);
    return idle;
}

void fnd_writer_settle(struct fnd *f)
{
    struct fnd_writer *w = f->writer;
    pthread_mutex_lock(&w->lock);
    w->want_settle = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
}

void fnd_writer_sync_labels(struct fnd *f)
{
    struct fnd_writer *w = f->writer;
    pthread_mutex_lock(&w->lock);
    w->want_labels = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
}
