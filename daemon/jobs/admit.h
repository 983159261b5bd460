/* SPDX-License-Identifier: MIT */
/* Admission (index/intake/admission.h) of a queue entry. */
#ifndef FN_DAEMON_ADMIT_H
#define FN_DAEMON_ADMIT_H

#include "daemon/jobs/job.h"

/* t: the task of a job. On the reader thread: fills end, fd, hash, path, reason. */
void fnd_admit_work(struct fnd_reader *r, struct fnd_task *t);

#endif
