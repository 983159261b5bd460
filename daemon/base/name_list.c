/* SPDX-License-Identifier: MIT */
#include "daemon/base/name_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"

void fnd_names_add(struct fnd_names *l, const char *name)
{
    size_t n = strlen(name) + 1;
    char *data = fn_array_grow(l->data, &l->cap, l->len + n, 1);
    if (!data) {
        l->failed = true;
        return;
    }
    l->data = data;
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

bool fnd_names_pop(struct fnd_names *l, char *out, size_t size)
{
    if (!l->n)
        return false;
    size_t at = l->len - 1;
    while (at > 0 && l->data[at - 1] != '\0')
        at--;
    (void)snprintf(out, size, "%s", l->data + at);
    l->len = at;
    l->n--;
    return true;
}
