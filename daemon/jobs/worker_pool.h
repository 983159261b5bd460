/* SPDX-License-Identifier: MIT */
/* Worker processes: started when there is work, one photo at a time each, timed, judged,
 * replaced.
 *
 * A photo that crashes its worker, or runs over time, is bad. A SIGKILL that we did not send
 * says nothing about the photo: it goes to the end of the queue. Workers that die before they
 * are ready are started again with a growing pause; when none ever gets ready, that is an error
 * of the installation and the end.
 *
 * Owns the processes; loop thread. Jobs come in by take and go out by one of replied, bad,
 * again and abandoned, each once. */
#ifndef FN_DAEMON_WORKER_POOL_H
#define FN_DAEMON_WORKER_POOL_H

#include <uv.h>

#include "daemon/base/daemon_settings.h"
#include "daemon/jobs/job.h"
#include "engine/work/work.h"

struct fnd_pool;

struct fnd_pool_calls {
    struct fnd_job *(*take)(void *owner); /* the next photo for a worker, NULL: none */
    /* A worker got ready; profile_id: of the networks it found. */
    void (*ready)(void *owner, const struct fn_h128 *profile_id);
    /* r's memory is only valid during the call. */
    void (*replied)(void *owner, struct fnd_job *j, const struct fn_work_reply *r,
                    const struct fn_h128 *profile_id);
    void (*bad)(void *owner, struct fnd_job *j, const char *reason); /* the photo is to blame */
    void (*again)(void *owner, struct fnd_job *j, const char *why);  /* it is not */
    void (*abandoned)(void *owner, struct fnd_job *j); /* the daemon stops: left in the queue */
    void (*failed)(void *owner, const char *text);     /* no worker can be had */
    void (*changed)(void *owner);                      /* a worker is free, or one is missing */
};

struct fnd_pool_setup { /* all of it outlives the pool */
    const struct fnd_settings *settings;
    uv_loop_t *loop;
    const struct fnd_pool_calls *calls;
    void *owner;
};

FN_NODISCARD int fnd_pool_create(const struct fnd_pool_setup *setup, struct fnd_pool **ret,
                                 struct fn_error *err);
void fnd_pool_feed(struct fnd_pool *p); /* gives photos to idle workers */
/* Photos wait: starts the workers that are missing. */
void fnd_pool_start_missing(struct fnd_pool *p);
/* work: there are photos in flight. */
void fnd_pool_tick(struct fnd_pool *p, uint64_t now_ns, bool work);
void fnd_pool_child(struct fnd_pool *p);        /* SIGCHLD */
size_t fnd_pool_size(const struct fnd_pool *p); /* workers there may be */
size_t fnd_pool_busy(const struct fnd_pool *p);
/* The configuration changed: workers with the old one end after the photo in hand. */
void fnd_pool_reload(struct fnd_pool *p);
/* None is started any more. */
void fnd_pool_quit(struct fnd_pool *p);
/* Kills all. */
void fnd_pool_stop(struct fnd_pool *p);
void fnd_pool_destroy(struct fnd_pool *p); /* NULL-safe */

#endif
