/* SPDX-License-Identifier: MIT */
/* How fast it goes, and how long it will take. Pure arithmetic. */
#ifndef FN_DAEMON_RATE_H
#define FN_DAEMON_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
