/* SPDX-License-Identifier: MIT */
/* See thread_comm.h. A collective: every rank shows its data, a barrier, every rank copies, a
 * barrier. */
#include "thread_comm.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { RANKS_MAX = 16 };

struct world {
    pthread_barrier_t barrier;
    const void *shown[RANKS_MAX];
    const size_t *sizes[RANKS_MAX];
    void (*work)(struct fn_comm *c, void *ctx);
    void *ctx;
};

struct member {
    struct fn_comm c; /* first */
    struct world *w;
    pthread_t thread;
};

static struct member *show(struct fn_comm *c, const void *p, const size_t *sizes)
{
    struct member *m = (struct member *)(void *)c;
    m->w->shown[c->rank] = p;
    m->w->sizes[c->rank] = sizes;
    pthread_barrier_wait(&m->w->barrier);
    return m;
}

static int allgather(struct fn_comm *c, const void *own, void *all, const size_t *bytes)
{
    struct member *m = show(c, own, bytes);
    char *to = all;
    for (unsigned i = 0; i < c->size; to += bytes[i++]) {
        if (m->w->sizes[i][i] != bytes[i])
            abort(); /* the ranks have different sizes */
        if (bytes[i])
            memcpy(to, m->w->shown[i], bytes[i]);
    }
    pthread_barrier_wait(&m->w->barrier);
    return 0;
}

static int exchange(struct fn_comm *c, const void *out, const size_t *out_bytes, void *in,
                    const size_t *in_bytes)
{
    struct member *m = show(c, out, out_bytes);
    char *to = in;
    for (unsigned i = 0; i < c->size; to += in_bytes[i++]) {
        const char *from = m->w->shown[i];
        for (unsigned q = 0; q < c->rank; q++)
            from += m->w->sizes[i][q];
        if (m->w->sizes[i][c->rank] != in_bytes[i])
            abort();
        if (in_bytes[i])
            memcpy(to, from, in_bytes[i]);
    }
    pthread_barrier_wait(&m->w->barrier);
    return 0;
}

static int broadcast(struct fn_comm *c, void *p, size_t bytes, unsigned root)
{
    struct member *m = show(c, p, NULL);
    if (c->rank != root && bytes)
        memcpy(p, m->w->shown[root], bytes);
    pthread_barrier_wait(&m->w->barrier);
    return 0;
}

static void abort_all(struct fn_comm *c, int status)
{
    (void)c;
    (void)status;
    abort();
}

static void finish(struct fn_comm *c)
{
    (void)c;
}

static void *run(void *arg)
{
    struct member *m = arg;
    m->w->work(&m->c, m->w->ctx);
    return NULL;
}

void run_ranks(unsigned size, size_t limit, void (*work)(struct fn_comm *c, void *ctx),
               void *ctx)
{
    static const struct fn_comm_ops ops = {allgather, exchange, broadcast, abort_all, finish};
    struct world w = {.work = work, .ctx = ctx};
    struct member m[RANKS_MAX];
    if (size > RANKS_MAX || pthread_barrier_init(&w.barrier, NULL, size))
        abort();
    for (unsigned i = 0; i < size; i++) {
        m[i] = (struct member){.c = {.rank = i, .size = size, .limit = limit, .ops = &ops},
                               .w = &w};
        if (pthread_create(&m[i].thread, NULL, run, &m[i]))
            abort();
    }
    for (unsigned i = 0; i < size; i++)
        pthread_join(m[i].thread, NULL);
    pthread_barrier_destroy(&w.barrier);
}
