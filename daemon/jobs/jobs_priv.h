/* SPDX-License-Identifier: MIT */
/* Shared by the files of jobs. Calls go down: jobs.c, job_steps.c, job_outcomes.c. */
#ifndef FN_DAEMON_JOBS_PRIV_H
#define FN_DAEMON_JOBS_PRIV_H

#include "daemon/jobs/job_list.h"
#include "daemon/jobs/jobs.h"
#include "daemon/jobs/outcome.h"
#include "daemon/jobs/queue_cursor.h"
#include "daemon/jobs/worker_pool.h"

struct fnd_jobs {
    struct fnd_jobs_setup with;
    struct fnd_job_list list;
    struct fnd_queue_cursor cursor;
    struct fnd_pool *pool;
    bool model_checked;
    uint64_t next_rewind_ns;
    struct fnd_job_counters n;
};

/* ---- job_outcomes.c: each ends a step of j, which may be freed ---- */
enum fnd_work fnd_jobs_work(const struct fnd_jobs *jobs);
bool fnd_jobs_stopping(const struct fnd_jobs *jobs);
void fnd_jobs_fatal(struct fnd_jobs *jobs, int exit_code, const char *text);
/* The name for the log; out: FN_PATH_MAX bytes. */
const char *fnd_job_name(const struct fnd_jobs *jobs, const struct fnd_job *j, char *out);
/* The daemon stops: the entry remains in the queue. */
void fnd_job_abandon(struct fnd_jobs *jobs, struct fnd_job *j);
void fnd_job_photo(struct fnd_jobs *jobs, struct fnd_job *j, const struct fn_work_reply *r,
                   const struct fn_h128 *profile_id);
void fnd_job_bad(struct fnd_jobs *jobs, struct fnd_job *j,
                 const char *reason); /* the fault is in the photo */
void fnd_job_known(struct fnd_jobs *jobs, struct fnd_job *j);
void fnd_job_gone(struct fnd_jobs *jobs, struct fnd_job *j);
void fnd_job_requeue(struct fnd_jobs *jobs, struct fnd_job *j, int64_t not_before_s);

/* ---- job_steps.c ---- */
/* The reader has admitted it. */
void fnd_job_admitted(struct fnd_jobs *jobs, struct fnd_job *j);
extern const struct fnd_pool_calls fnd_job_pool_calls; /* owner: a struct fnd_jobs */

#endif
