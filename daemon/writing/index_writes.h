/* SPDX-License-Identifier: MIT */
/* The operations on the index that are not about one photo's content (those are in dispatch.c).
 * Each takes what it needs by value, is written by the writer thread and reports to the loop.
 */
#ifndef FN_DAEMON_INDEX_WRITES_H
#define FN_DAEMON_INDEX_WRITES_H

#include "daemon/base/name_list.h"
#include "daemon/watching/root_list.h"
#include "daemon/writing/writer.h"

enum { FND_PUSH_MAX = 32 };

/* Queue entries; patiently: called by a reader thread. False when out of memory (a later scan
 * finds the files again). */
bool fnd_op_push(struct fnd *f, const struct fn_queue_entry *e, size_t n, bool patiently);
/* Paths that are gone, with their queue entries; takes over the names. */
void fnd_op_forget(struct fnd *f, struct fnd_root *r, struct fnd_names *names);
/* A file or folder got another name; the content is the same. */
void fnd_op_rename(struct fnd *f, fn_root_id from_root, const char *from, fn_root_id to_root,
                   const char *to);
/* Writes r->rec; a new root gets its id and is scanned then. */
void fnd_op_root_put(struct fnd *f, struct fnd_root *r);
void fnd_op_root_delete(struct fnd *f, struct fnd_root *r);
/* Drops photos gone for longer than the grace time. */
void fnd_op_expire(struct fnd *f);

/* The writer reports. code 0: writing goes on. */
void fnd_ops_space(struct fnd *f, int code);
void fnd_ops_settled(struct fnd *f);

#endif
