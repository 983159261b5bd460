/* SPDX-License-Identifier: MIT */
#include "engine/base/arena.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 64, HUGE_PAGE = 2 << 20 };

void fn_hint_huge(void *p, size_t bytes)
{
    uintptr_t skip = -(uintptr_t)p & (HUGE_PAGE - 1);
    if (bytes >= skip + HUGE_PAGE)
        (void)madvise((unsigned char *)p + skip, bytes - skip, MADV_HUGEPAGE);
}

int fn_arena_init(struct fn_arena *a, size_t size_bytes)
{
    size_t slack = size_bytes >= HUGE_PAGE ? HUGE_PAGE : 0;
    if (size_bytes > SIZE_MAX - slack)
        return -ENOMEM;
    void *map = mmap(NULL, size_bytes + slack, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return -ENOMEM;
    unsigned char *base = map;
    if (slack) {
        base += -(uintptr_t)base & (HUGE_PAGE - 1);
        fn_hint_huge(base, size_bytes);
    }
    *a = (struct fn_arena){
        .base = base, .size = size_bytes, .map = map, .map_size = size_bytes + slack};
    return 0;
}

void fn_arena_finish(struct fn_arena *a)
{
    if (a && a->base)
        (void)munmap(a->map, a->map_size);
    if (a)
        *a = (struct fn_arena){0};
}

void *fn_arena_alloc(struct fn_arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - ALIGN)
        return NULL;
    bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (bytes > a->size - a->used)
        return NULL;
    void *p = a->base + a->used;
    /* Memory that was never handed out is still zero and untouched. */
    if (a->used < a->dirty)
        memset(p, 0, bytes < a->dirty - a->used ? bytes : a->dirty - a->used);
    a->used += bytes;
    if (a->used > a->dirty)
        a->dirty = a->used;
    return p;
}

void fn_arena_reset(struct fn_arena *a)
{
    a->used = 0;
}

void *fn_alloc_aligned(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - ALIGN)
        return NULL;
    bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (bytes == 0)
        bytes = ALIGN;
    void *p = aligned_alloc(ALIGN, bytes);
    if (!p)
        return NULL;
    fn_hint_huge(p, bytes);
    return memset(p, 0, bytes);
}
