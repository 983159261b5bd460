/* SPDX-License-Identifier: MIT */
/* Progress of indexing: one line that is redrawn on a terminal, otherwise a plain line from
 * time to time. Owns stderr's last line; loop thread. */
#ifndef FN_DAEMON_PROGRESS_H
#define FN_DAEMON_PROGRESS_H

#include "daemon/talking/rate.h"
#include "engine/base/error.h"

struct fnd_progress;

struct fnd_progress_values {
    bool busy; /* photos are being processed, or clusters are being updated */
    bool no_space, paused, sorting;
    uint64_t done, faces;
    uint64_t (*queued)(void *owner); /* entries in the queue; called when progress is shown */
    void *owner;
};

/* quiet: no progress lines. NULL: out of memory. */
struct fnd_progress *fnd_progress_create(bool quiet);
void fnd_progress_destroy(struct fnd_progress *p); /* NULL-safe */
void fnd_progress_tick(struct fnd_progress *p, uint64_t now_ns,
                       const struct fnd_progress_values *v);
struct fnd_eta fnd_progress_eta(const struct fnd_progress *p, uint64_t queued);
/* A line on stderr, above the progress line. */
void fnd_progress_line(struct fnd_progress *p, const char *fmt, ...) FN_PRINTF(2, 3);
/* Removes the progress line. */
void fnd_progress_clear(struct fnd_progress *p);

#endif
