/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/photo_time.h"

enum {
    WALL_FACTOR = 4,     /* wall time may be this many times limits.photo_timeout ... */
    STARVED_FACTOR = 40, /* ... and this many while the worker only waits for a core */
};

bool fnd_photo_time_over(uint64_t limit_ns, uint64_t wall_ns, uint64_t cpu_ns, bool starved)
{
    return cpu_ns >= limit_ns || wall_ns >= STARVED_FACTOR * limit_ns ||
           (wall_ns >= WALL_FACTOR * limit_ns && !starved);
}
