/* SPDX-License-Identifier: MIT */
#include "daemon/base/mailbox.h"

#include <stddef.h>

void fnd_mailbox_init(struct fnd_mailbox *b, void (*wake)(void *owner), void *owner)
{
    (void)pthread_mutex_init(&b->lock, NULL);
    b->head = b->tail = NULL;
    b->wake = wake;
    b->owner = owner;
}

void fnd_mailbox_finish(struct fnd_mailbox *b)
{
    (void)pthread_mutex_destroy(&b->lock);
}

void fnd_mailbox_post(struct fnd_mailbox *b, struct fnd_msg *m)
{
    m->next = NULL;
    pthread_mutex_lock(&b->lock);
    if (b->tail)
        b->tail->next = m;
    else
        b->head = m;
    b->tail = m;
    pthread_mutex_unlock(&b->lock);
    b->wake(b->owner);
}

void fnd_mailbox_drain(struct fnd_mailbox *b)
{
    pthread_mutex_lock(&b->lock);
    struct fnd_msg *m = b->head;
    b->head = b->tail = NULL;
    pthread_mutex_unlock(&b->lock);
    while (m) {
        struct fnd_msg *next = m->next;
        m->run(m);
        m = next;
    }
}
