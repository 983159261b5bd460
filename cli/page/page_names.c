/* SPDX-License-Identifier: MIT */
#include "cli/page/page_names.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/page/page_folder.h"
#include "engine/base/array.h"

const char *const fnp_subfolders[FNP_SUBFOLDERS] = {"people", "photos", "faces"};

static bool is_index(const char *s)
{
    static const char digits[] = "0123456789";
    if (strncmp(s, "index", 5) != 0)
        return false;
    s += 5;
    if (*s == '-') {
        size_t n = strspn(s + 1, digits);
        if (n < 1 || n > 9)
            return false;
        s += 1 + n;
    }
    return strcmp(s, ".html") == 0;
}

static bool is_in_folder(const char *s)
{
    static const char id[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    const char *slash = strchr(s, '/');
    for (size_t i = 0; slash && i < FNP_SUBFOLDERS; i++) {
        size_t n = strlen(fnp_subfolders[i]);
        if (n == (size_t)(slash - s) && memcmp(s, fnp_subfolders[i], n) == 0) {
            size_t k = strspn(slash + 1, id);
            const char *end = slash + 1 + k;
            return k && (strcmp(end, ".html") == 0 || strcmp(end, ".jpg") == 0);
        }
    }
    return false;
}

bool fnp_is_page_name(const char *name)
{
    return strlen(name) < FNP_NAME_MAX &&
           (is_index(name) || strcmp(name, "style.css") == 0 || is_in_folder(name));
}

int fnp_names_add(struct fnp_names *l, const char *name, bool used)
{
    char **names = fn_array_grow(l->name, &l->cap, l->n + 1, sizeof *names);
    l->name = names ? names : l->name;
    bool *flags = fn_array_grow(l->used, &l->used_cap, l->n + 1, sizeof *flags);
    l->used = flags ? flags : l->used;
    char *copy = names && flags ? strdup(name) : NULL;
    if (!copy)
        return -ENOMEM;
    l->used[l->n] = used;
    l->name[l->n++] = copy;
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void fnp_names_sort(struct fnp_names *l)
{
    size_t n = 0;
    if (l->n)
        qsort(l->name, l->n, sizeof *l->name, by_bytes);
    for (size_t i = 0; i < l->n; i++) {
        if (n && strcmp(l->name[n - 1], l->name[i]) == 0)
            free(l->name[i]);
        else
            l->name[n++] = l->name[i];
    }
    l->n = l->n_sorted = n;
    if (n)
        memset(l->used, 0, n * sizeof *l->used);
}

size_t fnp_names_find(const struct fnp_names *l, const char *name)
{
    char **at =
        l->n_sorted ? bsearch(&name, l->name, l->n_sorted, sizeof *l->name, by_bytes) : NULL;
    return at ? (size_t)(at - l->name) : SIZE_MAX;
}

void fnp_names_finish(struct fnp_names *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->name[i]);
    free(l->name);
    free(l->used);
    *l = (struct fnp_names){0};
}
