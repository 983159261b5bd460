/* SPDX-License-Identifier: MIT */
/* The one thread that writes the index. Operations from the loop and from readers are gathered
 * for some tens of ms and committed together; when one of a batch fails, the batch is repeated
 * one by one, so that the others succeed.
 *
 * A full map is grown by the store and the batch repeated; a full or failing disk holds the
 * writer, also in the middle of an update of the clusters, until it can be written again (or
 * until the writer is told to stop: what was not written is still in the durable queue, among
 * the pending faces, or is found by the next scan).
 *
 * Owns its thread and the waiting operations. Between batches it updates the clusters and
 * mirrors labels.log. All reports are messages on the loop's thread: an operation's done and
 * destroy, and the calls below. */
#ifndef FN_DAEMON_WRITER_H
#define FN_DAEMON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/mailbox.h"
#include "engine/base/error.h"
#include "index/store/store.h"

struct fnd_writer;

struct fnd_op {
    struct fnd_msg msg; /* first: sent back to the loop */
    struct fnd_op *next;
    struct fnd_writer *writer; /* set when it is submitted */
    /* Called on the writer thread, perhaps several times for one commit, so it must not change
     * anything that a repeat depends on. */
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
    /* Writing is blocked: code is the reason; 0: it continues. */
    void (*space)(void *owner, int code);
    /* The update of the clusters has ended, with or without success. */
    void (*updated)(void *owner);
    /* Something was not written, and it is no fault of the disk. what: "the index could not be
     * written"; when: when it is tried again by itself. */
    void (*failed)(void *owner, const char *what, const char *text, const char *when);
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
/* Commits the waiting operations and ends the thread. */
void fnd_writer_stop(struct fnd_writer *w);
void fnd_writer_destroy(struct fnd_writer *w); /* when no thread submits any more; NULL-safe */
void fnd_writer_submit(struct fnd_writer *w, struct fnd_op *op);
/* For readers: waits while the writer is far behind. */
void fnd_writer_submit_patiently(struct fnd_writer *w, struct fnd_op *op);
/* Is nothing waiting or being written? (On the loop thread: what it submitted has been reported
 * or is about to be.) */
bool fnd_writer_idle(struct fnd_writer *w);
/* Updates the clusters after the operations that are waiting now. */
void fnd_writer_update_clusters(struct fnd_writer *w);
void fnd_writer_sync_labels(struct fnd_writer *w);

#endif
