/* SPDX-License-Identifier: MIT */
/* A single process: no communication. */
#include <string.h>

#include "engine/train/comm.h"

static int allgather(struct fn_comm *c, const void *own, void *all, const size_t *bytes)
{
    (void)c;
    if (bytes[0] && all != own)
        memcpy(all, own, bytes[0]);
    return 0;
}

static int exchange(struct fn_comm *c, const void *out, const size_t *out_bytes, void *in,
                    const size_t *in_bytes)
{
    (void)out_bytes;
    return allgather(c, out, in, in_bytes);
}

static int broadcast(struct fn_comm *c, void *p, size_t bytes, unsigned root)
{
    (void)c;
    (void)p;
    (void)bytes;
    (void)root;
    return 0;
}

/* The caller exits by itself. */
static void nothing_to_abort(struct fn_comm *c, int status)
{
    (void)c;
    (void)status;
}

static void finish(struct fn_comm *c)
{
    (void)c;
}

struct fn_comm *fn_comm_local(void)
{
    static const struct fn_comm_ops ops = {allgather, exchange, broadcast, nothing_to_abort,
                                           finish};
    static struct fn_comm c = {.rank = 0, .size = 1, .limit = SIZE_MAX, .ops = &ops};
    return &c;
}
