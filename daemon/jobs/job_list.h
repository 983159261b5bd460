/* SPDX-License-Identifier: MIT */
/* The jobs in flight, in the order they were taken. Loop thread. */
#ifndef FN_DAEMON_JOB_LIST_H
#define FN_DAEMON_JOB_LIST_H

#include "daemon/jobs/job.h"

struct fnd_job_list {
    struct fnd_job *first, **tail;
    size_t n;
};

void fnd_job_list_init(struct fnd_job_list *l);
void fnd_job_list_finish(struct fnd_job_list *l); /* frees what is in it */
void fnd_job_list_add(struct fnd_job_list *l, struct fnd_job *j);
void fnd_job_list_drop(struct fnd_job_list *l, struct fnd_job *j); /* frees j */
bool fnd_job_list_has(const struct fnd_job_list *l, fn_root_id root, const char *path);
/* The first one in this state; NULL: none. */
struct fnd_job *fnd_job_list_first(const struct fnd_job_list *l, enum fnd_job_state state);
/* Is the same content in progress, in another job that does not wait itself? */
bool fnd_job_list_has_twin(const struct fnd_job_list *l, const struct fnd_job *j);
/* The first job that waits for this content; NULL: none. */
struct fnd_job *fnd_job_list_twin(const struct fnd_job_list *l, const struct fn_h128 *hash);
/* Marks jobs at or below rel. */
void fnd_job_list_stale(struct fnd_job_list *l, fn_root_id root, const char *rel);

#endif
