/* SPDX-License-Identifier: MIT */
/* The rate of indexing, and the time left. Pure arithmetic. */
#ifndef FN_DAEMON_RATE_H
#define FN_DAEMON_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rates are computed from marks taken once a second, over the last minute. */
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
/* The first mark starts a run. After a pause of more than a minute, earlier marks are dropped.
 */
void fnd_rate_mark(struct fnd_rate *r, uint64_t now_ns, uint64_t done);
/* left: remaining entries. The range comes from the rates of the two halves of the marks, and
 * is at least a tenth on each side. */
struct fnd_eta fnd_rate_eta(const struct fnd_rate *r, uint64_t left);
#endif
