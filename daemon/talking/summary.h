/* SPDX-License-Identifier: MIT */
/* What facenetd --once prints at its end. */
#ifndef FN_DAEMON_SUMMARY_H
#define FN_DAEMON_SUMMARY_H

#include "daemon/jobs/jobs.h"
#include "engine/base/buf.h"
#include "index/people/index_counts.h"

struct fnd_summary {
    struct fn_index_counts index;        /* as it is now */
    const struct fnd_job_counters *done; /* in this run */
    uint64_t files_gone, n_other;        /* n_other: files that are not photos */
    double seconds;
    size_t workers;
};

/* people: numbers have thousands separators, times words. */
void fnd_summary_text(struct fn_buf *b, const struct fnd_summary *s, bool people);
void fnd_summary_print(const struct fnd_summary *s); /* on stdout; folded on a terminal */

#endif
