/* SPDX-License-Identifier: MIT */
/* The operations on the index that are not about one photo's content. Each takes what it needs
 * by value, is written by the writer's thread, and tells the caller on the loop's thread. */
#ifndef FN_DAEMON_INDEX_WRITES_H
#define FN_DAEMON_INDEX_WRITES_H

#include "daemon/base/name_list.h"
#include "daemon/writing/writer.h"
#include "index/records/photos.h"
#include "index/records/queue.h"

enum { FND_PUSH_MAX = 32 };

/* Queue entries; any thread; patiently: waits while the writer is far behind. False when out of
 * memory (a later scan finds the files again). */
bool fnd_write_queue(struct fnd_writer *w, const struct fn_queue_entry *e, size_t n,
                     bool patiently, void (*done)(void *owner, bool urgent), void *owner);
/* Paths that are gone, with their queue entries; takes over the names. done: once per part that
 * is written; n: its paths, 0 when that failed. */
void fnd_write_forget(struct fnd_writer *w, fn_root_id root, struct fnd_names *names,
                      void (*done)(void *owner, fn_root_id root, uint64_t n), void *owner);
/* A file or folder got another name; the content is the same. */
void fnd_write_rename(struct fnd_writer *w, fn_root_id from_root, const char *from,
                      fn_root_id to_root, const char *to);
/* done: with the id the root has now, 0 when it could not be written. */
void fnd_write_root(struct fnd_writer *w, const struct fn_root *rec,
                    void (*done)(void *owner, fn_root_id id), void *owner);
void fnd_write_root_delete(struct fnd_writer *w, fn_root_id id);
/* Drops photos that have been gone since before then. */
void fnd_write_expire(struct fnd_writer *w, int64_t before_s);

#endif
