/* SPDX-License-Identifier: MIT */
/* How threads speak to the loop: messages in one list, which the loop drains at each wake-up.
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
    void (*wake)(void *owner); /* any thread: there is mail */
    void *owner;
};

void fnd_mailbox_init(struct fnd_mailbox *b, void (*wake)(void *owner), void *owner);
void fnd_mailbox_finish(struct fnd_mailbox *b); /* when no thread can come any more */
/* Any thread. m->run is set. */
void fnd_mailbox_post(struct fnd_mailbox *b, struct fnd_msg *m);
/* Runs the messages that are there now. */
void fnd_mailbox_drain(struct fnd_mailbox *b);

#endif
