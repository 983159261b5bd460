/* SPDX-License-Identifier: MIT */
/* The writer thread: operations first, then labels.log, then clusters. */
#include "daemon/writing/writer_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/base/deadline.h"

static void *writer_main(void *arg)
{
    struct fnd_writer *w = arg;
    fnd_mirror_labels(w);
    fnd_say_updated(w);
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->head && !w->stop && !w->want_update && !w->want_labels)
            pthread_cond_wait(&w->more, &w->lock);
        if (w->stop && !w->head)
            break;
        w->busy = true;
        struct fnd_op *list = fnd_writer_take(w);
        bool labels = !list && w->want_labels, update = !list && !labels;
        w->want_labels = w->want_labels && !labels;
        w->want_update = w->want_update && !update;
        pthread_cond_broadcast(&w->less);
        pthread_mutex_unlock(&w->lock);
        if (list) {
            fnd_write_batch(w, list);
            fnd_keep_up(w);
            fnd_look_at_labels(w);
        } else if (labels) {
            fnd_mirror_labels(w);
        } else {
            fnd_update_clusters(w);
            fnd_look_at_labels(w);
        }
        pthread_mutex_lock(&w->lock);
        w->busy = false;
    }
    pthread_mutex_unlock(&w->lock);
    fnd_mirror_labels(w);
    return NULL;
}

int fnd_writer_create(const struct fnd_writer_setup *setup, struct fnd_writer **ret,
                      struct fn_error *err)
{
    struct fnd_writer *w = calloc(1, sizeof *w);
    if (!w || fn_settler_create(setup->store, &w->settler)) {
        free(w);
        return fn_error_set(err, -ENOMEM, "out of memory");
    }
    w->with = *setup;
    (void)pthread_mutex_init(&w->lock, NULL);
    fnd_cond_init(&w->more);
    fnd_cond_init(&w->less);
    int rc = pthread_create(&w->thread, NULL, writer_main, w);
    if (rc) {
        fn_settler_destroy(w->settler);
        free(w);
        return fn_error_set(err, -rc, "cannot start the writer thread: %s", fn_strerror(-rc));
    }
    *ret = w;
    return 0;
}

void fnd_writer_stop(struct fnd_writer *w)
{
    if (fnd_writer_stopped(w))
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->more);
    pthread_cond_broadcast(&w->less);
    pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->thread, NULL);
    /* The struct is not freed: a reader that hangs in a dead mount may still submit later. */
}

void fnd_writer_destroy(struct fnd_writer *w)
{
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
}
