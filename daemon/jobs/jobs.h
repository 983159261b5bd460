/* SPDX-License-Identifier: MIT */
/* From the durable queue to jobs and back. */
#ifndef FN_DAEMON_JOBS_H
#define FN_DAEMON_JOBS_H

#include "daemon/loop/daemon.h"
#include "engine/work/work.h"

struct fnd_job;

FN_NODISCARD int fnd_dispatch_start(struct fnd *f, struct fn_error *err);
void fnd_dispatch_free(struct fnd *f);
/* Takes entries from the queue while there is room. */
void fnd_dispatch(struct fnd *f);
/* Entries were written; urgent: before those already looked at. */
void fnd_dispatch_pushed(struct fnd *f, bool urgent);
/* Entries passed over may be takeable now (a root is back, a retry is due). */
void fnd_dispatch_rewind(struct fnd *f);
/* A path, or a folder, was renamed or deleted: jobs below it look again when they are done. */
void fnd_dispatch_stale(struct fnd *f, fn_root_id root, const char *rel);
bool fnd_dispatch_idle(const struct fnd *f); /* no job in flight */
bool fnd_dispatch_waiting(
    struct fnd *f); /* entries that will be due soon, of roots that are there */
uint64_t fnd_dispatch_queued(struct fnd *f); /* entries in the queue, those in flight too */
size_t fnd_dispatch_in_flight(const struct fnd *f);

/* For supervise.c: the next photo for a worker, NULL: none. */
struct fnd_job *fnd_dispatch_take(struct fnd *f);
bool fnd_dispatch_ready(const struct fnd *f); /* one waits for a worker */
/* The worker answered; r's memory is only valid during the call. profile_id: of the worker. */
void fnd_dispatch_replied(struct fnd *f, struct fnd_job *j, const struct fn_work_reply *r,
                          const struct fn_h128 *profile_id);
/* The photo is to blame: quarantined with the reason. */
void fnd_dispatch_bad(struct fnd *f, struct fnd_job *j, const char *reason);
/* It is not: back to the queue's end. */
void fnd_dispatch_again(struct fnd *f, struct fnd_job *j, const char *why);
/* The daemon stops: left in the queue as it is. */
void fnd_dispatch_abandon(struct fnd *f, struct fnd_job *j);

/* For outcome.c: the job's operation is written (or has failed, then it is left in the queue).
 */
void fnd_dispatch_finished(struct fnd *f, struct fnd_job *j, bool dequeued);

#endif
