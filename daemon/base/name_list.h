/* SPDX-License-Identifier: MIT */
/* A growing list of file names, one after the other in one block. A name may be empty (the root
 * itself). */
#ifndef FN_DAEMON_NAME_LIST_H
#define FN_DAEMON_NAME_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fnd_names {
    char *data; /* n names, each with its NUL */
    size_t len, size, n;
    bool failed; /* out of memory: the list is not whole */
};

void fnd_names_add(struct fnd_names *l, const char *name);
/* The name after at, the first when at is NULL, NULL at the end. */
const char *fnd_names_next(const struct fnd_names *l, const char *at);
void fnd_names_finish(struct fnd_names *l); /* leaves an empty list */
/* Is path one of the folders of the list, or below one? */
bool fnd_names_cover(const struct fnd_names *l, const char *path);
bool fnd_is_below(const char *folder,
                  const char *path); /* "" is above everything; equal counts */

/* A set of 64-bit hashes. Zero-initialised is empty. */
struct fnd_seen {
    uint64_t *slot; /* 0: free */
    size_t size, n;
    bool failed;
};
void fnd_seen_add(struct fnd_seen *s, uint64_t hash);
bool fnd_seen_has(const struct fnd_seen *s, uint64_t hash);
void fnd_seen_finish(struct fnd_seen *s);

#endif
