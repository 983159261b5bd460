/* SPDX-License-Identifier: MIT */
/* One worker process and its current photo. Loop thread. Owns the connection to the process and
 * its poll handle. The pool decides what to do when the process ends. */
#ifndef FN_DAEMON_WORKER_SLOT_H
#define FN_DAEMON_WORKER_SLOT_H

#include <uv.h>

#include "daemon/jobs/job.h"
#include "engine/work/work.h"

struct fnd_slot_link;
struct fnd_slot;

struct fnd_slot_calls {
    void (*ready)(struct fnd_slot *s);
    /* The reply to the current request; r's memory is only valid during the call. */
    void (*replied)(struct fnd_slot *s, const struct fn_work_reply *r);
};

struct fnd_slot {
    const struct fnd_slot_calls *calls; /* these three do not change */
    void *owner;
    uv_loop_t *loop;
    struct fn_worker *w; /* NULL: none running */
    struct fnd_slot_link *link;
    pid_t pid;
    unsigned generation;
    struct fnd_job *job;
    uint64_t id;       /* of the request */
    uint64_t since_ns; /* time of the start, the request, or the kill */
    uint64_t cpu_ns;   /* of the process when the request was sent */
    bool dying, killed, retired;
    char why[96]; /* killed: the reason */
};

FN_NODISCARD int fnd_slot_spawn(struct fnd_slot *s, const struct fn_worker_opts *o,
                                unsigned generation, struct fn_error *err);
bool fnd_slot_can_take(const struct fnd_slot *s);
void fnd_slot_give(struct fnd_slot *s, struct fnd_job *j, uint64_t id);
/* Reads the replies that have arrived. */
void fnd_slot_receive(struct fnd_slot *s);
/* Kills a worker that has exceeded its time for a photo (limit_ns), for the start or for the
 * exit, or (idle) that has had no work for a long time. */
void fnd_slot_check_time(struct fnd_slot *s, uint64_t now_ns, uint64_t limit_ns, bool idle);
/* Stops an idle worker: nothing can be lost. */
void fnd_slot_retire(struct fnd_slot *s);
void fnd_slot_clear(struct fnd_slot *s); /* its process is reaped */

#endif
