/* SPDX-License-Identifier: MIT */
/* A block of memory that is handed out from the front and released as a whole. One owner, one
 * thread. Every allocation is 64-byte aligned and zeroed. */
#ifndef FN_ENGINE_BASE_ARENA_H
#define FN_ENGINE_BASE_ARENA_H

#include <stddef.h>

#include "engine/base/error.h"

struct fn_arena {
    unsigned char *base;
    size_t size, used, dirty;
    void *map;
    size_t map_size;
};

/* Reserves size_bytes (mapped lazily by the kernel). 0 or -ENOMEM. */
FN_NODISCARD int fn_arena_init(struct fn_arena *a, size_t size_bytes);
void fn_arena_finish(struct fn_arena *a); /* NULL-safe */
/* NULL when the arena is full or n*size overflows. */
void *fn_arena_alloc(struct fn_arena *a, size_t n, size_t size);
void fn_arena_reset(struct fn_arena *a);

/* Heap memory, 64-byte aligned and zeroed, for buffers that live as long as their owner. NULL
 * on overflow or out of memory. Release it with free(). */
void *fn_alloc_aligned(size_t n, size_t size);

/* Asks the kernel to back the huge pages that fit into fresh, page-backed memory. A fault per 4
 * KiB costs more than what a short run computes on the page, above all in a virtual machine.
 * Where the kernel has no huge pages, nothing changes. */
void fn_hint_huge(void *p, size_t bytes);

#endif
