/* SPDX-License-Identifier: MIT */
/* Admission: a queue entry becomes an open descriptor and a content hash, or a reason why not.
 * No pixel is looked at. */
#ifndef FN_DAEMON_ADMIT_H
#define FN_DAEMON_ADMIT_H

#include "daemon/jobs/job.h"

/* t: the task of a job. On the reader thread: fills end, fd, hash, path, reason. */
void fnd_admit_work(struct fnd_reader *r, struct fnd_task *t);

#endif
