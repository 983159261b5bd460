/* SPDX-License-Identifier: MIT */
/* What facenetd --once prints at its end. */
#ifndef FN_DAEMON_SUMMARY_H
#define FN_DAEMON_SUMMARY_H

#include "daemon/jobs/jobs.h"
#include "index/people/index_counts.h"

struct fnd_summary {
    struct fn_index_counts index;        /* as it is now */
    const struct fnd_job_counters *done; /* in this run */
    uint64_t files_gone, n_other;        /* n_other: files that are not photos */
    double seconds;
    size_t workers;
};

void fnd_summary_print(const struct fnd_summary *s); /* on stdout */

#endif
