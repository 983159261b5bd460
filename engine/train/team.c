/* SPDX-License-Identifier: MIT */
/* See team.h. The calling thread works too, as thread 0. */
#include "engine/train/team.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct member {
    struct fn_team *team;
    unsigned index;
    pthread_t thread;
};

struct fn_team {
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    struct member *members; /* threads - 1 */
    unsigned threads, started, running;
    size_t round, next, n;
    bool stop;
    void (*work)(void *ctx, unsigned thread, size_t item);
    void *ctx;
};

/* Processes items until there are none. The lock is held on entry and on return. */
static void take_items(struct fn_team *t, unsigned thread)
{
    while (t->next < t->n) {
        size_t item = t->next++;
        pthread_mutex_unlock(&t->lock);
        t->work(t->ctx, thread, item);
        pthread_mutex_lock(&t->lock);
    }
}

static void *member_main(void *p)
{
    struct member *m = p;
    struct fn_team *t = m->team;
    size_t seen = 0;
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (t->round == seen && !t->stop)
            pthread_cond_wait(&t->begin, &t->lock);
        if (t->stop)
            break;
        seen = t->round;
        take_items(t, m->index);
        if (--t->running == 0)
            pthread_cond_signal(&t->end);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

int fn_team_create(unsigned threads, struct fn_team **ret)
{
    struct fn_team *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    t->threads = threads ? threads : 1;
    t->members = calloc(t->threads, sizeof *t->members);
    if (!t->members) {
        free(t);
        return -ENOMEM;
    }
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->begin, NULL);
    pthread_cond_init(&t->end, NULL);
    for (; t->started + 1 < t->threads; t->started++) {
        struct member *m = &t->members[t->started];
        *m = (struct member){.team = t, .index = t->started + 1};
        if (pthread_create(&m->thread, NULL, member_main, m)) {
            fn_team_destroy(t);
            return -EAGAIN;
        }
    }
    *ret = t;
    return 0;
}

void fn_team_destroy(struct fn_team *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->stop = true;
    pthread_cond_broadcast(&t->begin);
    pthread_mutex_unlock(&t->lock);
    for (unsigned i = 0; i < t->started; i++)
        pthread_join(t->members[i].thread, NULL);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->begin);
    pthread_cond_destroy(&t->end);
    free(t->members);
    free(t);
}

unsigned fn_team_threads(const struct fn_team *t)
{
    return t->threads;
}

void fn_team_run(struct fn_team *t, void (*work)(void *ctx, unsigned thread, size_t item),
                 void *ctx, size_t n)
{
    pthread_mutex_lock(&t->lock);
    t->work = work;
    t->ctx = ctx;
    t->n = n;
    t->next = 0;
    t->running = t->started;
    t->round++;
    pthread_cond_broadcast(&t->begin);
    take_items(t, 0);
    while (t->running)
        pthread_cond_wait(&t->end, &t->lock);
    pthread_mutex_unlock(&t->lock);
}
