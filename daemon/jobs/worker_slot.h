/* SPDX-License-Identifier: MIT */
/* One worker process and the photo in its hands. Loop thread. Owns the process's connection and
 * its poll handle; what to do when it ends is the pool's. */
#ifndef FN_DAEMON_WORKER_SLOT_H
#define FN_DAEMON_WORKER_SLOT_H

#include <uv.h>

#include "daemon/jobs/job.h"
#include "engine/work/work.h"

struct fnd_slot_link;
struct fnd_slot;

struct fnd_slot_calls {
    void (*ready)(struct fnd_slot *s);
    /* The answer to the request in hand; r's memory is only valid during the call. */
    void (*replied)(struct fnd_slot *s, const struct fn_work_reply *r);
};

struct fnd_slot {
    const struct fnd_slot_calls *calls; /* these three stay for the life of the slot */
    void *owner;
    uv_loop_t *loop;
    struct fn_worker *w; /* NULL: none running */
    struct fnd_slot_link *link;
    pid_t pid;
    unsigned generation;
    struct fnd_job *job;
    uint64_t id;       /* of the request */
    uint64_t since_ns; /* spawn, request, or begin of dying */
    uint64_t cpu_ns;   /* of the process when the request was sent */
    bool dying, killed, retired;
    char why[96]; /* killed: the reason */
};

FN_NODISCARD int fnd_slot_spawn(struct fnd_slot *s, const struct fn_worker_opts *o,
                                unsigned generation, struct fn_error *err);
bool fnd_slot_can_take(const struct fnd_slot *s);
void fnd_slot_give(struct fnd_slot *s, struct fnd_job *j, uint64_t id);
/* Reads the answers that are there. */
void fnd_slot_receive(struct fnd_slot *s);
/* Kills a worker whose time is over: for a photo (limit_ns), for getting ready, for dying, or
 * (idle) because there has been no work for long. */
void fnd_slot_check_time(struct fnd_slot *s, uint64_t now_ns, uint64_t limit_ns, bool idle);
/* Ends an idle worker: it holds nothing that could be lost. */
void fnd_slot_retire(struct fnd_slot *s);
void fnd_slot_clear(struct fnd_slot *s); /* its process is reaped */

#endif
