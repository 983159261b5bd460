/* SPDX-License-Identifier: MIT */
/* The table of inotify watches: one per folder, by its number. Reader threads add watches while
 * they scan; the loop reads events. At most half of the watches that are free are taken (other
 * programs need some); folders beyond that are polled.
 *
 * Owns the inotify descriptor. Any thread, under a lock of its own. */
#ifndef FN_DAEMON_FOLDER_WATCHES_H
#define FN_DAEMON_FOLDER_WATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "index/records/photos.h"

struct fnd_watches;

/* limit: watches there may be. off: no descriptor is opened, nothing is watched. NULL: out of
 * memory. No inotify instance left is no error: fnd_watches_fd says -1. */
struct fnd_watches *fnd_watches_create(size_t limit, bool off);
void fnd_watches_destroy(struct fnd_watches *w); /* NULL-safe */
int fnd_watches_fd(const struct fnd_watches *w);
/* false: no watch is to be had for this folder. */
bool fnd_watches_add(struct fnd_watches *w, fn_root_id root, const char *root_path,
                     const char *rel);
/* Drops the watches of a folder and all below it. */
void fnd_watches_drop(struct fnd_watches *w, fn_root_id root, const char *rel);
/* A folder was renamed: its watch and those below keep their numbers and get new names. */
void fnd_watches_rename(struct fnd_watches *w, fn_root_id from_root, const char *from,
                        fn_root_id to_root, const char *to);
/* The folder of a number: its root, and its name into rel (size bytes). forget: the number is
 * free from now on. 0: it is none of ours any more. */
fn_root_id fnd_watches_find(struct fnd_watches *w, int wd, bool forget, char *rel, size_t size);
size_t fnd_watches_count(struct fnd_watches *w, fn_root_id root);

#endif
