/* SPDX-License-Identifier: MIT */
/* Messages from threads to the loop: one list, which the loop drains at each wake-up.
 *
 * Owns nothing but the list. Any thread posts; the loop's thread drains. */
#ifndef FN_DAEMON_MAILBOX_H
#define FN_DAEMON_MAILBOX_H

#include <pthread.h>

struct fnd_msg {
    struct fnd_msg *next;
    void (*run)(struct fnd_msg *m); /* on the loop's thread; owns m */
};

struct fnd_mailbox {
    pthread_mutex_t lock; /* guards head, tail */
    struct fnd_msg *head, *tail;
    void (*wake)(void *owner); /* called by any thread: there are messages */
    void *owner;
};

void fnd_mailbox_init(struct fnd_mailbox *b, void (*wake)(void *owner), void *owner);
void fnd_mailbox_finish(struct fnd_mailbox *b); /* when no thread can post any more */
/* Called by any thread. m->run is set. */
void fnd_mailbox_post(struct fnd_mailbox *b, struct fnd_msg *m);
/* Runs the messages that are in the list now. */
void fnd_mailbox_drain(struct fnd_mailbox *b);

#endif
