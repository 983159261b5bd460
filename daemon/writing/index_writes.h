/* SPDX-License-Identifier: MIT */
/* The operations on the index that do not concern the content of one photo. Each takes its
 * input by value, is written by the writer's thread, and reports to the caller on the loop's
 * thread. */
#ifndef FN_DAEMON_INDEX_WRITES_H
#define FN_DAEMON_INDEX_WRITES_H

#include "daemon/base/name_list.h"
#include "daemon/writing/writer.h"
#include "index/records/photos.h"
#include "index/records/queue.h"

enum { FND_PUSH_MAX = 32 };

/* Writes queue entries. Any thread. patiently: waits while the writer is far behind. False when
 * out of memory (a later scan finds the files again). */
bool fnd_write_queue(struct fnd_writer *w, const struct fn_queue_entry *e, size_t n,
                     bool patiently, void (*done)(void *owner, bool urgent), void *owner);
/* Removes paths that are gone, with their queue entries; takes ownership of names. done: called
 * once per part that is written; n: the number of its paths, 0 when that failed. */
void fnd_write_forget(struct fnd_writer *w, fn_root_id root, struct fnd_names *names,
                      void (*done)(void *owner, fn_root_id root, uint64_t n), void *owner);
/* Records that a file or folder has another name, with the same content. */
void fnd_write_rename(struct fnd_writer *w, fn_root_id from_root, const char *from,
                      fn_root_id to_root, const char *to);
/* Writes a root. done gets the id of the root, 0 when it could not be written. */
void fnd_write_root(struct fnd_writer *w, const struct fn_root *rec,
                    void (*done)(void *owner, fn_root_id id), void *owner);
void fnd_write_root_delete(struct fnd_writer *w, fn_root_id id);
/* Removes photos that have been gone since before before_s. */
void fnd_write_expire(struct fnd_writer *w, int64_t before_s);

#endif
