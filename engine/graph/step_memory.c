/* SPDX-License-Identifier: MIT */
/* What the step kernels share: memory that lives as long as the network, the activation after a
 * step, and its slopes. */
#include "engine/graph/registry.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/base/array.h"

/* The first chunk serves a small network; the later ones are large enough for huge pages. */
static struct fn_arena *add_chunk(struct fn_memory *m, size_t bytes)
{
    enum { FIRST = 256 << 10, LATER = 4 << 20 };
    size_t size = m->n ? LATER : FIRST;
    struct fn_arena *chunks = fn_array_grow(m->chunks, &m->cap, m->n + 1, sizeof *chunks);
    if (!chunks)
        return NULL;
    m->chunks = chunks;
    if (fn_arena_init(&chunks[m->n], bytes > size ? bytes : size))
        return NULL;
    return &chunks[m->n++];
}

void *fn_memory_add(struct fn_memory *m, size_t bytes)
{
    enum { ALIGN = 64 };
    if (bytes > SIZE_MAX / 2)
        return NULL;
    size_t need = bytes ? bytes : 1;
    struct fn_arena *a = m->n ? &m->chunks[m->n - 1] : NULL;
    void *block = a ? fn_arena_alloc(a, need, 1) : NULL;
    if (!block && (a = add_chunk(m, need + ALIGN)))
        block = fn_arena_alloc(a, need, 1);
    if (block)
        m->bytes += bytes;
    return block;
}

void fn_memory_finish(struct fn_memory *m)
{
    for (size_t i = 0; i < m->n; i++)
        fn_arena_finish(&m->chunks[i]);
    free(m->chunks);
    *m = (struct fn_memory){0};
}

bool fn_step_kact(const struct fn_step *s, enum fn_kact *ret)
{
    switch (s->act) {
    case FN_ACT_NONE:
        *ret = FN_KACT_NONE;
        return true;
    case FN_ACT_RELU:
        *ret = FN_KACT_RELU;
        return true;
    case FN_ACT_RELU6:
        *ret = FN_KACT_RELU6;
        return true;
    case FN_ACT_PRELU:
    case FN_ACT_LEAKY:
        *ret = FN_KACT_SLOPE;
        return true;
    case FN_ACT_SIGMOID:
    default:
        return false;
    }
}

int fn_step_slopes(const struct fn_step *s, const struct fn_prepare *ctx, const float **ret)
{
    *ret = s->slope;
    if (s->act != FN_ACT_LEAKY)
        return 0;
    float *slopes = fn_memory_add(ctx->memory, s->out_view.c * sizeof *slopes);
    if (!slopes)
        return -ENOMEM;
    for (uint32_t i = 0; i < s->out_view.c; i++)
        slopes[i] = s->alpha;
    *ret = slopes;
    return 0;
}
