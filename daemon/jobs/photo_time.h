/* SPDX-License-Identifier: MIT */
/* Has a worker used up its time for a photo? A pure function. */
#ifndef FN_DAEMON_PHOTO_TIME_H
#define FN_DAEMON_PHOTO_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* True when it has used limit_ns of CPU time, or when several times limit_ns have passed. A
 * worker that only waits for a core (starved) gets much more time. */
bool fnd_photo_time_over(uint64_t limit_ns, uint64_t wall_ns, uint64_t cpu_ns, bool starved);

#endif
