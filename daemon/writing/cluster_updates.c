/* SPDX-License-Identifier: MIT */
/* What the writer's thread does between batches: it updates the clusters for new faces, and
 * mirrors labels.log. */
#include "daemon/writing/writer_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "index/ingest/update.h"

enum {
    /* While batches follow each other, updates use at most one part in this many of the time.
     */
    UPDATE_SHARE = 10,
    UPDATE_FACES =
        8000, /* faces per unit; its result is dropped when another process writes meanwhile */
};

struct updated_msg {
    struct fnd_msg msg;
    struct fnd_writer *w;
};

static void on_updated(struct fnd_msg *m)
{
    struct updated_msg *s = (struct updated_msg *)m;
    s->w->with.calls->updated(s->w->with.owner);
    free(s);
}

void fnd_say_updated(struct fnd_writer *w)
{
    struct updated_msg *s = calloc(1, sizeof *s);
    if (!s)
        return; /* it is reported again after the next change */
    s->msg.run = on_updated;
    s->w = w;
    fnd_mailbox_post(w->with.box, &s->msg);
}

struct failed_msg {
    struct fnd_msg msg;
    struct fnd_writer *w;
    struct fn_error err;
};

static void on_failed(struct fnd_msg *m)
{
    struct failed_msg *s = (struct failed_msg *)m;
    s->w->with.calls->failed(s->w->with.owner, "people could not be sorted", s->err.text,
                             "the next change tries again");
    free(s);
}

static void say_failed(struct fnd_writer *w, const struct fn_error *err)
{
    struct failed_msg *s = calloc(1, sizeof *s);
    if (!s)
        return;
    s->msg.run = on_failed;
    s->w = w;
    s->err = *err;
    fnd_mailbox_post(w->with.box, &s->msg);
}

static bool update_unit(struct fnd_writer *w, size_t *ret_left)
{
    struct fn_error err = {0};
    bool told = false;
    int rc;
    do
        rc = fn_people_settle_unit(w->settler, UPDATE_FACES, FND_LOCK_WAIT_MS, ret_left, &err);
    while (fnd_write_again(w, rc, &err, &told));
    if (rc && !told && !fnd_writer_stopped(w))
        say_failed(w, &err);
    return rc == 0;
}

void fnd_update_clusters(struct fnd_writer *w)
{
    size_t left = 1;
    bool more = true;
    while (left && more)
        more = update_unit(w, &left) && !fnd_writer_has_ops(w) && !fnd_writer_stopped(w);
    if (left && (fnd_writer_has_ops(w) || fnd_writer_stopped(w))) {
        pthread_mutex_lock(&w->lock);
        w->want_update = w->want_update || !w->stop;
        pthread_mutex_unlock(&w->lock);
        return;
    }
    fn_settler_forget(w->settler);
    fnd_say_updated(w);
}

void fnd_keep_up(struct fnd_writer *w)
{
    size_t left = 0;
    uint64_t began = fn_clock_mono_ns();
    if (began < w->update_at_ns)
        return; /* a later batch includes them, or the idle time after the last one */
    if (update_unit(w, &left) && left && update_unit(w, &left) && left) {
        pthread_mutex_lock(&w->lock);
        w->want_update = true;
        pthread_mutex_unlock(&w->lock);
    }
    uint64_t now = fn_clock_mono_ns();
    w->update_at_ns = now + UPDATE_SHARE * (now - began);
}

void fnd_look_at_labels(struct fnd_writer *w)
{
    struct fn_error err;
    struct fn_txn *t = NULL;
    if (fn_txn_begin(w->with.store, false, 0, &t, &err))
        return;
    uint64_t n = fn_assert_count(t);
    fn_txn_abort(t);
    pthread_mutex_lock(&w->lock);
    if (n != w->n_assertions)
        w->want_labels = true;
    pthread_mutex_unlock(&w->lock);
    w->n_assertions = n;
}

void fnd_mirror_labels(struct fnd_writer *w)
{
    struct fn_error err;
    int rc = fn_labels_log_sync(w->with.store, w->with.labels_log, &err);
    if (rc)
        fn_log(FN_LOG_ERROR, "labels.log is not up to date: %s. Check: fnq doctor", err.text);
}
