#include "engine/base/arena.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 64 };

int fn_arena_init(struct fn_arena *a, size_t size_bytes)
{
    void *p = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return -ENOMEM;
    *a = (struct fn_arena){.base = p, .size = size_bytes};
    return 0;
}

void fn_arena_finish(struct fn_arena *a)
{
    if (a && a->base)
        (void)munmap(a->base, a->size);
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
    a->used += bytes;
    return memset(p, 0, bytes);
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
    return p ? memset(p, 0, bytes) : NULL;
}
