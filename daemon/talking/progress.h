/* SPDX-License-Identifier: MIT */
/* How far indexing is: rate, time left with a range, and saying so: one line that redraws
 * itself on a terminal, a plain line now and then elsewhere. */
#ifndef FN_DAEMON_PROGRESS_H
#define FN_DAEMON_PROGRESS_H

#include "daemon/loop/daemon.h"

/* Rates come from marks taken once a second; the last minute counts. */
enum { FND_MARKS = 61 };
struct fnd_rate {
    struct {
        uint64_t ns, done;
    } mark[FND_MARKS];
    size_t n, at; /* marks in use; the next one */
};
struct fnd_eta {
    bool known;
    double rate_per_s, eta_s, low_s, high_s;
};
/* The first mark begins a run: a pause of more than a minute forgets the past. */
void fnd_rate_mark(struct fnd_rate *r, uint64_t now_ns, uint64_t done);
/* left: entries still to do. Range: from the rates of the halves of the marks, and at least a
 * tenth to each side. */
struct fnd_eta fnd_rate_eta(const struct fnd_rate *r, uint64_t left);
/* "6 h 15 min", "3 min", "40 s" */
void fnd_span(char *out, size_t size, double s);

FN_NODISCARD int fnd_progress_start(struct fnd *f, struct fn_error *err);
void fnd_progress_free(struct fnd *f);
void fnd_progress_tick(struct fnd *f, uint64_t now_ns);
struct fnd_eta fnd_progress_eta(const struct fnd *f, uint64_t queued);
/* A line on stderr, above the progress line. */
void fnd_progress_line(struct fnd *f, const char *fmt, ...) FN_PRINTF(2, 3);
/* Takes the progress line away. */
void fnd_progress_clear(struct fnd *f);
/* What --once says at its end, on stdout. */
void fnd_progress_summary(struct fnd *f);

#endif
