/* SPDX-License-Identifier: MIT */
/* The table of inotify watches: one per folder, by watch number. Reader threads add watches
 * while they scan; the loop reads events. At most half of the free watches are used (other
 * programs need some); further folders are polled.
 *
 * Owns the inotify descriptor. Any thread; it has its own lock. */
#ifndef FN_DAEMON_FOLDER_WATCHES_H
#define FN_DAEMON_FOLDER_WATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "index/records/photos.h"

struct fnd_watches;

/* limit: maximum number of watches. off: no descriptor is opened, nothing is watched. NULL: out
 * of memory. It is not an error when no inotify instance is left: then fnd_watches_fd returns
 * -1. */
struct fnd_watches *fnd_watches_create(size_t limit, bool off);
void fnd_watches_destroy(struct fnd_watches *w); /* NULL-safe */
int fnd_watches_fd(const struct fnd_watches *w);
/* false: no watch is available for this folder. */
bool fnd_watches_add(struct fnd_watches *w, fn_root_id root, const char *root_path,
                     const char *rel);
/* Drops the watches of a folder and all below it. */
void fnd_watches_drop(struct fnd_watches *w, fn_root_id root, const char *rel);
/* A folder was renamed: its watch and those below get new names, with the same numbers. */
void fnd_watches_rename(struct fnd_watches *w, fn_root_id from_root, const char *from,
                        fn_root_id to_root, const char *to);
/* Finds the folder of a watch number: returns its root, and its name in rel (size bytes).
 * forget: removes the number from the table. 0: the number is not in the table. */
fn_root_id fnd_watches_find(struct fnd_watches *w, int wd, bool forget, char *rel, size_t size);
/* ENOSPC or ENOMEM of the last refusal of a watch; 0: only the limit was reached; -1: no
 * shortage. */
int fnd_watches_refusal(struct fnd_watches *w);
size_t fnd_watches_count(struct fnd_watches *w, fn_root_id root);

#endif
