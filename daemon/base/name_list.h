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
    size_t len, cap, n;
    bool failed; /* out of memory: the list is incomplete */
};

void fnd_names_add(struct fnd_names *l, const char *name);
/* The name after at, the first when at is NULL, NULL at the end. */
const char *fnd_names_next(const struct fnd_names *l, const char *at);
/* Removes the last name; false: the list is empty. */
bool fnd_names_pop(struct fnd_names *l, char *out, size_t size);
void fnd_names_finish(struct fnd_names *l); /* leaves an empty list */
/* Is path one of the folders of the list, or below one? */
bool fnd_names_cover(const struct fnd_names *l, const char *path);
/* Is path equal to folder, or below it? Everything is below "". */
bool fnd_is_below(const char *folder, const char *path);

#endif
