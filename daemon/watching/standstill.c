/* SPDX-License-Identifier: MIT */
#include "daemon/watching/standstill.h"

enum {
    QUIET_MS = 300,      /* a burst ends this long after its last event, */
    QUIET_MAX_MS = 3000, /* but no longer than this after its first */
};

void fnd_standstill_wait(struct fnd_standstill *s, uint64_t now_ns, uint64_t settle_ms)
{
    s->due_ns = now_ns + settle_ms * 1000000u;
}

bool fnd_standstill_due(const struct fnd_standstill *s, uint64_t now_ns)
{
    return now_ns >= s->due_ns;
}

bool fnd_standstill_look(struct fnd_standstill *s, uint64_t size, int64_t mtime_ns,
                         int64_t wall_ns, uint64_t settle_ms)
{
    bool as_before = s->seen && s->size == size && s->mtime_ns == mtime_ns;
    if ((wall_ns - mtime_ns) / 1000000 >= (int64_t)settle_ms || as_before)
        return true;
    s->seen = true;
    s->size = size;
    s->mtime_ns = mtime_ns;
    return false;
}

bool fnd_burst_over(uint64_t first_ns, uint64_t last_ns, uint64_t now_ns)
{
    return now_ns >= last_ns + QUIET_MS * 1000000ull ||
           now_ns >= first_ns + QUIET_MAX_MS * 1000000ull;
}
