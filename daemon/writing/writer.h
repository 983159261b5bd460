/* SPDX-License-Identifier: MIT */
/* The one thread that writes the index. Operations from the loop and from readers are gathered
 * for some tens of ms and committed together; when one of a batch fails, the batch is repeated
 * one by one, so that it fails alone.
 *
 * A full map is grown by the store and the batch repeated; a full disk holds the writer until
 * there is room again (or until it is told to stop: what was not written is still in the
 * durable queue, or is found by the next scan). */
#ifndef FN_DAEMON_WRITER_H
#define FN_DAEMON_WRITER_H

#include "daemon/loop/daemon.h"

struct fnd_writer;

struct fnd_op {
    struct fnd_msg msg; /* first: the way back to the loop */
    struct fnd_op *next;
    /* On the writer thread; may run several times for one commit, so it changes nothing that a
     * repeat depends on. */
    int (*apply)(struct fnd *f, struct fn_txn *t, struct fnd_op *op, struct fn_error *err);
    void (*done)(struct fnd *f,
                 struct fnd_op *op);    /* on the loop, after commit or failure; may be NULL */
    void (*destroy)(struct fnd_op *op); /* on the loop, after done */
    bool gives_faces;                   /* people have to be settled afterwards */
    int status;                         /* 0: committed */
    struct fn_error err;
};

FN_NODISCARD int fnd_writer_start(struct fnd *f, struct fn_error *err);
/* Commits what is there and ends the thread. */
void fnd_writer_stop(struct fnd *f);
void fnd_writer_free(struct fnd *f); /* when no thread can come any more */
void fnd_writer_submit(struct fnd *f, struct fnd_op *op);
/* For readers: waits while the writer is far behind. */
void fnd_writer_submit_patiently(struct fnd *f, struct fnd_op *op);
/* Nothing waits and nothing is being written (loop thread: what it submitted has come back or
 * is about to). */
bool fnd_writer_idle(struct fnd *f);
/* Settles people when the operations now waiting are done; then counts fnd.stats again. */
void fnd_writer_settle(struct fnd *f);
void fnd_writer_sync_labels(struct fnd *f);

#endif
