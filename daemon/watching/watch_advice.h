/* SPDX-License-Identifier: MIT */
/* Why folders have no inotify watch, and what to do about it: a pure function. */
#ifndef FN_DAEMON_WATCH_ADVICE_H
#define FN_DAEMON_WATCH_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fnd_watch_shortage {
    int code;            /* errno of the refusal; 0: the own limit was reached; -1: none */
    uint64_t configured; /* watch.max_watches; 0: half of the free ones */
    uint64_t limit;      /* fs.inotify.max_user_watches */
    uint64_t used;       /* by all programs of this user */
    uint64_t own;        /* of these, by this daemon */
    uint64_t missing;    /* folders without one */
};

/* Writes one clause without a full stop. "": no advice can be given. */
void fnd_watch_advice(const struct fnd_watch_shortage *s, char *out, size_t size);

#endif
