/* SPDX-License-Identifier: MIT */
#include "daemon/base/hash_set.h"

#include <stdlib.h>

static void insert(uint64_t *slot, size_t cap, uint64_t hash)
{
    size_t i = (size_t)(hash * 0x9e3779b97f4a7c15u) & (cap - 1);
    while (slot[i] && slot[i] != hash)
        i = (i + 1) & (cap - 1);
    slot[i] = hash;
}

void fnd_seen_add(struct fnd_seen *s, uint64_t hash)
{
    hash += hash == 0;
    if (fnd_seen_has(s, hash))
        return;
    if (s->n * 2 >= s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 1024;
        uint64_t *slot = calloc(cap, sizeof *slot);
        if (!slot) {
            s->failed = true;
            return;
        }
        for (size_t i = 0; i < s->cap; i++)
            if (s->slot[i])
                insert(slot, cap, s->slot[i]);
        free(s->slot);
        s->slot = slot;
        s->cap = cap;
    }
    insert(s->slot, s->cap, hash);
    s->n++;
}

bool fnd_seen_has(const struct fnd_seen *s, uint64_t hash)
{
    hash += hash == 0;
    if (!s->cap)
        return false;
    size_t i = (size_t)(hash * 0x9e3779b97f4a7c15u) & (s->cap - 1);
    while (s->slot[i] && s->slot[i] != hash)
        i = (i + 1) & (s->cap - 1);
    return s->slot[i] == hash;
}

void fnd_seen_finish(struct fnd_seen *s)
{
    free(s->slot);
    *s = (struct fnd_seen){0};
}
