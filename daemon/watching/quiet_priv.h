/* SPDX-License-Identifier: MIT */
/* Between an event and the queue: what has to settle first. quiet_files.c: files;
 * quiet_bursts.c: folders to scan and names reported as gone, in bursts; quiet.c: both. */
#ifndef FN_DAEMON_QUIET_PRIV_H
#define FN_DAEMON_QUIET_PRIV_H

#include "daemon/watching/watching_priv.h"

enum { FND_QUIET_BUCKETS = 1024 };

struct fnd_touched;
struct fnd_burst;

struct fnd_quiet {
    struct fnd_touched *bucket[FND_QUIET_BUCKETS];
    size_t n;         /* waiting files */
    unsigned n_looks; /* tasks on reader threads */
    struct fnd_burst *scans, *gone;
};

/* Checks the files that are due. */
void fnd_quiet_look(struct fnd_watching *w, uint64_t now_ns);
void fnd_quiet_forget_files(struct fnd_quiet *q);
/* Processes the bursts that are over. */
void fnd_quiet_flush(struct fnd_watching *w, uint64_t now_ns);
void fnd_quiet_forget_bursts(struct fnd_quiet *q);

#endif
