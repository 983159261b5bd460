/* SPDX-License-Identifier: MIT */
/* A set of 64-bit hashes. Zero-initialised is empty. */
#ifndef FN_DAEMON_HASH_SET_H
#define FN_DAEMON_HASH_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fnd_seen {
    uint64_t *slot; /* 0: free */
    size_t cap, n;
    bool failed; /* out of memory: the set is incomplete */
};
void fnd_seen_add(struct fnd_seen *s, uint64_t hash);
bool fnd_seen_has(const struct fnd_seen *s, uint64_t hash);
void fnd_seen_finish(struct fnd_seen *s);

#endif
