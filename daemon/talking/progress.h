/* SPDX-License-Identifier: MIT */
/* Progress of indexing: one line that is redrawn on a terminal, otherwise a line of the log
 * from time to time (engine/base/status_line.h). Loop thread. */
#ifndef FN_DAEMON_PROGRESS_H
#define FN_DAEMON_PROGRESS_H

#include "daemon/talking/rate.h"
#include "engine/base/error.h"

struct fnd_progress;

struct fnd_progress_values {
    bool busy;     /* photos are being searched for or processed, or clusters updated */
    bool scanning; /* more photos may be found */
    bool no_space, paused, sorting;
    uint64_t done, faces;
    uint64_t (*queued)(void *owner); /* entries in the queue; called when progress is shown */
    uint64_t (*people)(void *owner); /* people so far; called every few seconds */
    void *owner;
};

/* quiet: no progress lines. NULL: out of memory. */
struct fnd_progress *fnd_progress_create(bool quiet);
void fnd_progress_destroy(struct fnd_progress *p); /* NULL-safe */
void fnd_progress_tick(struct fnd_progress *p, uint64_t now_ns,
                       const struct fnd_progress_values *v);
struct fnd_eta fnd_progress_eta(const struct fnd_progress *p, uint64_t queued);
/* The line in at most `columns` columns: what is less important is left out. */
void fnd_progress_text(char *out, size_t size, const struct fnd_progress_values *v,
                       uint64_t queued, uint64_t people, const struct fnd_eta *eta,
                       size_t columns);
/* A line on stderr, above the progress line. */
void fnd_progress_line(struct fnd_progress *p, const char *fmt, ...) FN_PRINTF(2, 3);
/* Removes the progress line. */
void fnd_progress_clear(struct fnd_progress *p);

#endif
