/* SPDX-License-Identifier: MIT */
/* What facenetd --once says at its end. */
#ifndef FN_DAEMON_SUMMARY_H
#define FN_DAEMON_SUMMARY_H

#include "daemon/jobs/jobs.h"
#include "daemon/writing/writer.h"

struct fnd_summary {
    const struct fnd_stats *index;       /* as it is now */
    const struct fnd_job_counters *done; /* in this run */
    uint64_t files_gone, n_other;        /* n_other: files that are no photos */
    double seconds;
    size_t workers;
};

void fnd_summary_print(const struct fnd_summary *s); /* on stdout */

#endif
