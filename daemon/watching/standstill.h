/* SPDX-License-Identifier: MIT */
/* Has a file, or a folder, stopped changing? Pure functions of times and sizes.
 *
 * A file is checked when there was no event for library.settle_ms. It has settled when it was
 * last written to that long ago, or has not changed since the check before (a copy with the
 * time of its original, a wrong clock). */
#ifndef FN_DAEMON_STANDSTILL_H
#define FN_DAEMON_STANDSTILL_H

#include <stdbool.h>
#include <stdint.h>

struct fnd_standstill { /* of one file; zero: never seen */
    uint64_t due_ns;    /* monotonic: not checked before this time */
    bool seen;          /* size and mtime are those of the last check */
    uint64_t size;
    int64_t mtime_ns; /* wall clock */
};

/* An event: it was created, written or closed, or has to be checked once more. */
void fnd_standstill_wait(struct fnd_standstill *s, uint64_t now_ns, uint64_t settle_ms);
bool fnd_standstill_due(const struct fnd_standstill *s, uint64_t now_ns);
/* A check found this size and time at the time of day wall_ns. False: it still changes; the
 * values are stored for the next check. */
bool fnd_standstill_look(struct fnd_standstill *s, uint64_t size, int64_t mtime_ns,
                         int64_t wall_ns, uint64_t settle_ms);

/* Folders to scan and names reported as gone come in bursts. Is the burst that began at
 * first_ns and had its last event at last_ns over? */
bool fnd_burst_over(uint64_t first_ns, uint64_t last_ns, uint64_t now_ns);

#endif
