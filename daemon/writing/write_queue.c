/* SPDX-License-Identifier: MIT */
/* The waiting operations and other requests to the writer; under its lock. */
#include "daemon/writing/writer_priv.h"

#include <errno.h>

#include "daemon/base/deadline.h"

enum {
    BATCH_OPS = 64,
    BATCH_MS = 30,
    BACKLOG_OPS = 256, /* above this, readers wait */
};

bool fnd_writer_stopped(struct fnd_writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool s = w->stop;
    pthread_mutex_unlock(&w->lock);
    return s;
}

bool fnd_writer_has_ops(struct fnd_writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool yes = w->head != NULL;
    pthread_mutex_unlock(&w->lock);
    return yes;
}

struct fnd_op *fnd_writer_take(struct fnd_writer *w)
{
    if (w->head && !w->stop) {
        struct timespec ts;
        fnd_deadline(&ts, BATCH_MS);
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

static void append(struct fnd_writer *w, struct fnd_op *op)
{
    op->next = NULL;
    op->writer = w;
    if (w->tail)
        w->tail->next = op;
    else
        w->head = op;
    w->tail = op;
    w->n++;
    pthread_cond_signal(&w->more);
}

void fnd_writer_submit(struct fnd_writer *w, struct fnd_op *op)
{
    pthread_mutex_lock(&w->lock);
    append(w, op);
    pthread_mutex_unlock(&w->lock);
}

void fnd_writer_submit_patiently(struct fnd_writer *w, struct fnd_op *op)
{
    pthread_mutex_lock(&w->lock);
    while (w->n >= BACKLOG_OPS && !w->stop)
        pthread_cond_wait(&w->less, &w->lock);
    append(w, op);
    pthread_mutex_unlock(&w->lock);
}

bool fnd_writer_idle(struct fnd_writer *w)
{
    pthread_mutex_lock(&w->lock);
    bool idle = !w->head && !w->busy && !w->want_update && !w->want_labels;
    pthread_mutex_unlock(&w->lock);
    return idle;
}

void fnd_writer_update_clusters(struct fnd_writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->want_update = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
}

void fnd_writer_sync_labels(struct fnd_writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->want_labels = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
}
