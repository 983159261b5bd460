/* SPDX-License-Identifier: MIT */
/* The thread of one root. All access to the root's file system happens here, so that a mount
 * that does not respond affects only this root. Short tasks (check a file, hash a file) run
 * before scans, also in the middle of one.
 *
 * Owns its thread and the waiting tasks. When its work is done, a task returns to the loop
 * through the mailbox. */
#ifndef FN_DAEMON_READER_H
#define FN_DAEMON_READER_H

#include <stdbool.h>

#include "daemon/base/mailbox.h"
#include "engine/base/error.h"

struct fnd_reader;

struct fnd_task {
    struct fnd_msg msg; /* first: sent to the loop when the work is done */
    struct fnd_task *next;
    void (*work)(struct fnd_reader *r, struct fnd_task *t); /* on the reader thread */
};

/* root: for error messages. priority: enum fn_priority of the thread. box outlives the reader.
 */
FN_NODISCARD int fnd_reader_create(struct fnd_mailbox *box, const char *root, int priority,
                                   struct fnd_reader **ret, struct fn_error *err);
/* Tells the thread to end after the current task; does not wait. */
void fnd_reader_stop(struct fnd_reader *r);
/* Waits up to wait_ms for the end. false: the thread hangs, and r must not be freed. Tasks that
 * were never started return to the loop unchanged. */
bool fnd_reader_join(struct fnd_reader *r, unsigned wait_ms);
void fnd_reader_submit(struct fnd_reader *r, struct fnd_task *t, bool is_scan);

/* On the reader thread: */
bool fnd_reader_stopping(struct fnd_reader *r);
void fnd_reader_run_short(struct fnd_reader *r); /* runs the waiting short tasks */

#endif
