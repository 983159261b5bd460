/* SPDX-License-Identifier: MIT */
/* The thread of one root: everything that touches the root's file system happens here, so that
 * a mount that does not answer stops nothing but itself. Short tasks (look at a file, hash one)
 * go before scans, also in the middle of one. */
#ifndef FN_DAEMON_READER_H
#define FN_DAEMON_READER_H

#include "daemon/loop/daemon.h"

struct fnd_reader;

struct fnd_task {
    struct fnd_msg msg; /* first: sent to the loop when the work is done */
    struct fnd_task *next;
    void (*work)(struct fnd_reader *r, struct fnd_task *t); /* on the reader thread */
};

FN_NODISCARD int fnd_reader_create(struct fnd *f, const char *root, struct fnd_reader **ret,
                                   struct fn_error *err);
/* Tells the thread to end after the task in hand; does not wait. */
void fnd_reader_stop(struct fnd_reader *r);
/* Waits until now + wait_ms for the end. false: it hangs; then r must stay as it is. */
bool fnd_reader_join(struct fnd_reader *r, unsigned wait_ms);
void fnd_reader_submit(struct fnd_reader *r, struct fnd_task *t, bool is_scan);

/* On the reader thread: */
struct fnd *fnd_reader_daemon(struct fnd_reader *r);
bool fnd_reader_stopping(struct fnd_reader *r);
void fnd_reader_run_short(struct fnd_reader *r); /* the short tasks that wait */
/* Opens root/rel for reading without following a link in rel (unless follow); flags beside
 * O_RDONLY. -errno. */
int fnd_open_below(const char *root, const char *rel, int flags, bool follow);

/* SCHED_IDLE and idle I/O, or nice, for the calling thread; enum fn_priority. */
void fnd_thread_priority(int priority);

#endif
