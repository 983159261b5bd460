/* SPDX-License-Identifier: MIT */
#include "daemon/base/reader.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "daemon/base/deadline.h"
#include "engine/base/config.h"

struct fnd_reader {
    struct fnd_mailbox *box;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t more;
    struct fnd_task *head[2], *tail[2]; /* short tasks, scans */
    bool stop, ended;
    int priority; /* enum fn_priority; set before the thread starts */
};

/* Sets SCHED_IDLE and idle I/O, or nice, for the calling thread; enum fn_priority. */
static void set_priority(int priority)
{
    if (priority == FN_PRIORITY_NORMAL)
        return;
    if (priority == FN_PRIORITY_IDLE) {
        struct sched_param p = {0};
        (void)sched_setscheduler(0, SCHED_IDLE, &p);
    }
    /* On Linux both calls apply to the calling thread. ioprio_set(2): class in bits 13 up, idle
     * is 3, best effort 2. */
    (void)setpriority(PRIO_PROCESS, 0, priority == FN_PRIORITY_IDLE ? 19 : 10);
    (void)syscall(SYS_ioprio_set, 1, 0, priority == FN_PRIORITY_IDLE ? 3 << 13 : (2 << 13) | 7);
}

static struct fnd_task *take(struct fnd_reader *r, int kind)
{
    struct fnd_task *t = r->head[kind];
    if (!t)
        return NULL;
    r->head[kind] = t->next;
    if (!t->next)
        r->tail[kind] = NULL;
    t->next = NULL;
    return t;
}

static void run(struct fnd_reader *r, struct fnd_task *t)
{
    t->work(r, t);
    fnd_mailbox_post(r->box, &t->msg);
}

void fnd_reader_run_short(struct fnd_reader *r)
{
    for (;;) {
        pthread_mutex_lock(&r->lock);
        struct fnd_task *t = r->stop ? NULL : take(r, 0);
        pthread_mutex_unlock(&r->lock);
        if (!t)
            return;
        run(r, t);
    }
}

static void *reader_main(void *arg)
{
    struct fnd_reader *r = arg;
    set_priority(r->priority);
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        struct fnd_task *t = take(r, 0);
        t = t ? t : take(r, 1);
        if (!t) {
            pthread_cond_wait(&r->more, &r->lock);
            continue;
        }
        pthread_mutex_unlock(&r->lock);
        run(r, t);
        pthread_mutex_lock(&r->lock);
    }
    r->ended = true;
    pthread_cond_broadcast(&r->more);
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

int fnd_reader_create(struct fnd_mailbox *box, const char *root, int priority,
                      struct fnd_reader **ret, struct fn_error *err)
{
    struct fnd_reader *r = calloc(1, sizeof *r);
    if (!r)
        return fn_error_set(err, -ENOMEM, "out of memory");
    r->box = box;
    r->priority = priority;
    (void)pthread_mutex_init(&r->lock, NULL);
    fnd_cond_init(&r->more);
    int code = pthread_create(&r->thread, NULL, reader_main, r);
    if (code) {
        free(r);
        return fn_error_set(err, -code, "cannot start a thread for '%s': %s", root,
                            fn_strerror(-code));
    }
    *ret = r;
    return 0;
}

void fnd_reader_stop(struct fnd_reader *r)
{
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_broadcast(&r->more);
    pthread_mutex_unlock(&r->lock);
}

/* Tasks that were never started return to the loop unchanged; the loop frees them when it
 * drains its mailbox. */
static void give_back(struct fnd_reader *r)
{
    for (int kind = 0; kind < 2; kind++)
        for (struct fnd_task *t = take(r, kind); t; t = take(r, kind))
            fnd_mailbox_post(r->box, &t->msg);
}

bool fnd_reader_join(struct fnd_reader *r, unsigned wait_ms)
{
    struct timespec ts;
    fnd_deadline(&ts, wait_ms);
    pthread_mutex_lock(&r->lock);
    while (!r->ended)
        if (pthread_cond_timedwait(&r->more, &r->lock, &ts) == ETIMEDOUT)
            break;
    bool ended = r->ended;
    pthread_mutex_unlock(&r->lock);
    if (!ended) {
        (void)pthread_detach(r->thread);
        return false;
    }
    (void)pthread_join(r->thread, NULL);
    give_back(r);
    (void)pthread_mutex_destroy(&r->lock);
    (void)pthread_cond_destroy(&r->more);
    free(r);
    return true;
}

void fnd_reader_submit(struct fnd_reader *r, struct fnd_task *t, bool is_scan)
{
    pthread_mutex_lock(&r->lock);
    t->next = NULL;
    if (r->tail[is_scan])
        r->tail[is_scan]->next = t;
    else
        r->head[is_scan] = t;
    r->tail[is_scan] = t;
    pthread_cond_signal(&r->more);
    pthread_mutex_unlock(&r->lock);
}

bool fnd_reader_stopping(struct fnd_reader *r)
{
    pthread_mutex_lock(&r->lock);
    bool stop = r->stop;
    pthread_mutex_unlock(&r->lock);
    return stop;
}
