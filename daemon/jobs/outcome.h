/* SPDX-License-Identifier: MIT */
/* Writing what became of a job. Each call hands the job to the writer; fnd_dispatch_finished
 * follows on the loop. */
#ifndef FN_DAEMON_OUTCOME_H
#define FN_DAEMON_OUTCOME_H

#include "daemon/jobs/job.h"
#include "engine/work/work.h"

/* reply NULL: the photo is bad, see j->reason. */
void fnd_outcome_photo(struct fnd *f, struct fnd_job *j, const struct fn_work_reply *reply,
                       const struct fn_h128 *profile_id);
void fnd_outcome_known(struct fnd *f, struct fnd_job *j); /* another path of a photo */
void fnd_outcome_dequeue(struct fnd *f,
                         struct fnd_job *j); /* not there any more, or no photo */
void fnd_outcome_requeue(struct fnd *f, struct fnd_job *j, int64_t not_before_s);

#endif
