/* SPDX-License-Identifier: MIT */
/* Worker processes: started when there is work, each with one photo at a time, and replaced
 * when they fail or exceed the time limit.
 *
 * A photo that crashes its worker, or exceeds the time limit, is bad. After a SIGKILL that the
 * daemon did not send, the photo goes to the end of the queue. Workers that die before they are
 * ready are started again, with growing pauses. When no worker ever becomes ready, the
 * installation is broken and the daemon exits.
 *
 * Owns the processes; loop thread. Each job comes in through take and leaves through one of
 * replied, bad, again and abandoned, once. */
#ifndef FN_DAEMON_WORKER_POOL_H
#define FN_DAEMON_WORKER_POOL_H

#include <uv.h>

#include "daemon/base/daemon_settings.h"
#include "daemon/jobs/job.h"
#include "engine/work/work.h"

struct fnd_pool;

struct fnd_pool_calls {
    struct fnd_job *(*take)(void *owner); /* the next photo for a worker, NULL: none */
    /* A worker is ready; profile_id: of the networks that it loaded. */
    void (*ready)(void *owner, const struct fn_h128 *profile_id);
    /* r's memory is only valid during the call. */
    void (*replied)(void *owner, struct fnd_job *j, const struct fn_work_reply *r,
                    const struct fn_h128 *profile_id);
    void (*bad)(void *owner, struct fnd_job *j,
                const char *reason); /* the fault is in the photo */
    void (*again)(void *owner, struct fnd_job *j,
                  const char *why); /* the fault is not in the photo */
    void (*abandoned)(void *owner,
                      struct fnd_job *j); /* the daemon stops: it remains in the queue */
    void (*failed)(void *owner, const char *text); /* no worker can be started */
    void (*changed)(void *owner);                  /* a worker is free, or one is missing */
};

struct fnd_pool_setup { /* all of it outlives the pool */
    const struct fnd_settings *settings;
    uv_loop_t *loop;
    const struct fnd_pool_calls *calls;
    void *owner;
};

FN_NODISCARD int fnd_pool_create(const struct fnd_pool_setup *setup, struct fnd_pool **ret,
                                 struct fn_error *err);
void fnd_pool_feed(struct fnd_pool *p); /* sends photos to idle workers */
/* Photos are waiting: starts the missing workers. */
void fnd_pool_start_missing(struct fnd_pool *p);
/* work: there are photos in flight. */
void fnd_pool_tick(struct fnd_pool *p, uint64_t now_ns, bool work);
void fnd_pool_child(struct fnd_pool *p);        /* SIGCHLD */
size_t fnd_pool_size(const struct fnd_pool *p); /* maximum number of workers */
size_t fnd_pool_busy(const struct fnd_pool *p);
/* The configuration changed: workers with the old one exit after the current photo. */
void fnd_pool_reload(struct fnd_pool *p);
/* No worker is started from now on. */
void fnd_pool_quit(struct fnd_pool *p);
/* Kills all. */
void fnd_pool_stop(struct fnd_pool *p);
void fnd_pool_destroy(struct fnd_pool *p); /* NULL-safe */

#endif
