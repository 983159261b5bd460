/* SPDX-License-Identifier: MIT */
/* The one thread that writes the index. Operations from the loop and from readers are gathered
 * for some tens of ms and committed together; when one of a batch fails, the batch is repeated
 * one by one, so that it fails alone.
 *
 * A full map is grown by the store and the batch repeated; a full disk holds the writer until
 * there is room again (or until it is told to stop: what was not written is still in the
 * durable queue, or is found by the next scan).
 *
 * Owns its thread and the operations that wait. Between batches it updates the
 * clusters and mirrors labels.log. Everything it reports comes as a message on the loop's
 * thread: an operation's done and destroy, and the calls below. */
#ifndef FN_DAEMON_WRITER_H
#define FN_DAEMON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/mailbox.h"
#include "engine/base/error.h"
#include "index/store/store.h"

struct fnd_writer;

struct fnd_op {
    struct fnd_msg msg; /* first: the way back to the loop */
    struct fnd_op *next;
    struct fnd_writer *writer; /* set when it is submitted */
    /* On the writer thread; may run several times for one commit, so it changes nothing that a
     * repeat depends on. */
    int (*apply)(struct fn_txn *t, struct fnd_op *op, struct fn_error *err);
    void (*done)(struct fnd_op *op);    /* on the loop, after commit or failure; may be NULL */
    void (*destroy)(struct fnd_op *op); /* on the loop, after done */
    bool gives_faces;                   /* the clusters have to be updated afterwards */
    int status;                         /* 0: committed */
    struct fn_error err;
};

struct fnd_writer_calls { /* on the loop's thread */
    /* An operation is committed; before its done. */
    void (*written)(void *owner, bool gives_faces);
    /* Writing stands still: code is why; 0: it goes on. */
    void (*space)(void *owner, int code);
    /* No face waits for a cluster update. */
    void (*updated)(void *owner);
};

struct fnd_writer_setup { /* all of it outlives the writer */
    struct fn_store *store;
    struct fnd_mailbox *box;
    const char *labels_log; /* path */
    const struct fnd_writer_calls *calls;
    void *owner;
};

FN_NODISCARD int fnd_writer_create(const struct fnd_writer_setup *setup,
                                   struct fnd_writer **ret, struct fn_error *err);
/* Commits what is there and ends the thread. */
void fnd_writer_stop(struct fnd_writer *w);
void fnd_writer_destroy(struct fnd_writer *w); /* when no thread can come any more; NULL-safe */
void fnd_writer_submit(struct fnd_writer *w, struct fnd_op *op);
/* For readers: waits while the writer is far behind. */
void fnd_writer_submit_patiently(struct fnd_writer *w, struct fnd_op *op);
/* Nothing waits and nothing is being written (loop thread: what it submitted has come back or
 * is about to). */
bool fnd_writer_idle(struct fnd_writer *w);
/* Updates the clusters when the operations now waiting are done. */
void fnd_writer_update_clusters(struct fnd_writer *w);
void fnd_writer_sync_labels(struct fnd_writer *w);

#endif
