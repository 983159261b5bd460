/* SPDX-License-Identifier: MIT */
#include "daemon/watching/watch_advice.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* A limit with which all folders get a watch: the daemon takes half of what others leave. */
static uint64_t enough(const struct fnd_watch_shortage *s)
{
    uint64_t others = s->used > s->own ? s->used - s->own : 0;
    uint64_t need = others + 2 * (s->own + s->missing);
    return (need + need / 4 + 1023) / 1024 * 1024;
}

void fnd_watch_advice(const struct fnd_watch_shortage *s, char *out, size_t size)
{
    bool full = s->used + s->used / 10 >= s->limit;
    out[0] = '\0';
    if (s->code == 0 && s->configured)
        (void)snprintf(out, size,
                       "watch.max_watches is %" PRIu64 ". More: fnq config set "
                       "watch.max_watches %" PRIu64 ", and restart facenetd",
                       s->configured, s->own + s->missing + s->missing / 4 + 1024);
    else if (s->code == 0 || (s->code == ENOSPC && full))
        (void)snprintf(out, size,
                       "the system has %" PRIu64
                       " inotify watches for a user. More: sudo sysctl "
                       "fs.inotify.max_user_watches=%" PRIu64 ", and restart facenetd",
                       s->limit, enough(s));
    else if (s->code == ENOSPC)
        (void)snprintf(out, size,
                       "the limit of this container or user on inotify watches is "
                       "reached");
    else if (s->code == ENOMEM)
        (void)snprintf(out, size, "there is no memory for more inotify watches");
}
