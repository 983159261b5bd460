/* SPDX-License-Identifier: MIT */
/* Has a worker had its time for a photo? Pure. */
#ifndef FN_DAEMON_PHOTO_TIME_H
#define FN_DAEMON_PHOTO_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Over when it has worked for limit_ns, or when several times that has passed on the clock; a
 * worker that only waits for a core (starved) is given much longer. */
bool fnd_photo_time_over(uint64_t limit_ns, uint64_t wall_ns, uint64_t cpu_ns, bool starved);

#endif
