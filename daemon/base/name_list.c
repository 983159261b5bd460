/* SPDX-License-Identifier: MIT */
#include "daemon/base/name_list.h"

#include <stdlib.h>
#include <string.h>

void fnd_names_add(struct fnd_names *l, const char *name)
{
    size_t n = strlen(name) + 1;
    if (l->size - l->len < n) {
        size_t size = (l->size + n) * 2;
        char *data = realloc(l->data, size);
        if (!data) {
            l->failed = true;
            return;
        }
        l->data = data;
        l->size = size;
    }
    memcpy(l->data + l->len, name, n);
    l->len += n;
    l->n++;
}

const char *fnd_names_next(const struct fnd_names *l, const char *at)
{
    at = at ? at + strlen(at) + 1 : l->data;
    return at && at < l->data + l->len ? at : NULL;
}

void fnd_names_finish(struct fnd_names *l)
{
    free(l->data);
    *l = (struct fnd_names){0};
}

bool fnd_is_below(const char *folder, const char *path)
{
    size_t n = strlen(folder);
    return n == 0 || (strncmp(folder, path, n) == 0 && (path[n] == '/' || path[n] == '\0'));
}

bool fnd_names_cover(const struct fnd_names *l, const char *path)
{
    for (const char *at = fnd_names_next(l, NULL); at; at = fnd_names_next(l, at))
        if (fnd_is_below(at, path))
            return true;
    return false;
}

static void insert(uint64_t *slot, size_t size, uint64_t hash)
{
    size_t i = (size_t)(hash * 0x9e3779b97f4a7c15u) & (size - 1);
    while (slot[i] && slot[i] != hash)
        i = (i + 1) & (size - 1);
    slot[i] = hash;
}

void fnd_seen_add(struct fnd_seen *s, uint64_t hash)
{
    hash += hash == 0;
    if (fnd_seen_has(s, hash))
        return;
    if (s->n * 2 >= s->size) {
        size_t size = s->size ? s->size * 2 : 1024;
        uint64_t *slot = calloc(size, sizeof *slot);
        if (!slot) {
            s->failed = true;
            return;
        }
        for (size_t i = 0; i < s->size; i++)
            if (s->slot[i])
                insert(slot, size, s->slot[i]);
        free(s->slot);
        s->slot = slot;
        s->size = size;
    }
    insert(s->slot, s->size, hash);
    s->n++;
}

bool fnd_seen_has(const struct fnd_seen *s, uint64_t hash)
{
    hash += hash == 0;
    if (!s->size)
        return false;
    size_t i = (size_t)(hash * 0x9e3779b97f4a7c15u) & (s->size - 1);
    while (s->slot[i] && s->slot[i] != hash)
        i = (i + 1) & (s->size - 1);
    return s->slot[i] == hash;
}

void fnd_seen_finish(struct fnd_seen *s)
{
    free(s->slot);
    *s = (struct fnd_seen){0};
}
