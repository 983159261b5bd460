/* SPDX-License-Identifier: MIT */
/* Shared by the files of the writer. write_queue.c has the list and the requests; write_batch.c
 * and cluster_updates.c run on the writer's thread; writer.c has the thread. */
#ifndef FN_DAEMON_WRITER_PRIV_H
#define FN_DAEMON_WRITER_PRIV_H

#include "daemon/writing/writer.h"
#include "index/people/settle.h"

enum { FND_LOCK_WAIT_MS = 5000 }; /* for another process's transaction */

struct fnd_writer {
    struct fnd_writer_setup with;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t more, less;
    struct fnd_op *head, *tail;
    size_t n;
    bool busy, stop, want_update, want_labels;
    /* writer thread only */
    uint64_t n_assertions;
    struct fn_settler *settler;
    uint64_t update_at_ns; /* not before */
};

/* ---- write_queue.c: any thread ---- */
bool fnd_writer_stopped(struct fnd_writer *w);
bool fnd_writer_has_ops(struct fnd_writer *w);
/* Waits for work; with the lock held. Takes up to a batch of operations after the first has
 * waited a short time; NULL: there is none. */
struct fnd_op *fnd_writer_take(struct fnd_writer *w);

/* ---- write_batch.c ---- */
/* Commits the operations of the list, together or one by one, and sends each back to the loop.
 */
void fnd_write_batch(struct fnd_writer *w, struct fnd_op *list);

/* ---- write_again.c ---- */
/* The disk is full, read-only or broken: no fault of what is written. */
bool fnd_is_disk_code(int code);
/* rc: of an attempt to write, 0 or an error. True: try again, now or after a wait for the disk
 * or for another process. False: it is done, it failed permanently, or the writer stops.
 * *told: false before the first attempt; whether the loop knows that the disk is at fault. */
bool fnd_write_again(struct fnd_writer *w, int rc, const struct fn_error *err, bool *told);

/* ---- cluster_updates.c ---- */
/* Runs units of the cluster update until nothing is left, or something else has to be written.
 */
void fnd_update_clusters(struct fnd_writer *w);
/* After a batch: updates the clusters for its faces, so that no pending faces accumulate, and
 * does one step of other work (clusters from scratch), which would otherwise never run while
 * batches follow each other. */
void fnd_keep_up(struct fnd_writer *w);
/* Tells the loop that there are no pending faces. */
void fnd_say_updated(struct fnd_writer *w);
/* Has an assertion been added? Then labels.log is to be mirrored. */
void fnd_look_at_labels(struct fnd_writer *w);
void fnd_mirror_labels(struct fnd_writer *w);

#endif
