/* SPDX-License-Identifier: MIT */
/* Patterns and markers. Nothing here accesses a file. */
#include "index/intake/rules.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/glob.h"

struct fn_rules {
    atomic_uint refs;
    struct fn_config_list exclude, markers;
    bool follow_symlinks, one_filesystem;
};

static bool copy_list(struct fn_config_list *to, const struct fn_config_list *from)
{
    for (size_t i = 0; i < from->n; i++) {
        to->items[i] = strdup(from->items[i]);
        if (!to->items[i])
            return false;
        to->n++;
    }
    return true;
}

static void free_list(struct fn_config_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->items[i]);
}

struct fn_rules *fn_rules_create(const struct fn_config *c)
{
    struct fn_rules *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    atomic_init(&r->refs, 1);
    r->follow_symlinks = c->follow_symlinks;
    r->one_filesystem = c->one_filesystem;
    if (copy_list(&r->exclude, &c->exclude) && copy_list(&r->markers, &c->ignore_markers))
        return r;
    fn_rules_unref(r);
    return NULL;
}

struct fn_rules *fn_rules_ref(struct fn_rules *r)
{
    atomic_fetch_add(&r->refs, 1);
    return r;
}

void fn_rules_unref(struct fn_rules *r)
{
    if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
        return;
    free_list(&r->exclude);
    free_list(&r->markers);
    free(r);
}

bool fn_rules_follow_symlinks(const struct fn_rules *r)
{
    return r->follow_symlinks;
}

bool fn_rules_one_filesystem(const struct fn_rules *r)
{
    return r->one_filesystem;
}

static bool matches(const char *glob, const char *rel)
{
    return fn_glob_match(glob, rel, FN_GLOB_SETS);
}

bool fn_rules_skip_file(const struct fn_rules *r, const char *rel)
{
    for (size_t i = 0; i < r->exclude.n; i++)
        if (matches(r->exclude.items[i], rel))
            return true;
    return false;
}

bool fn_rules_skip_dir(const struct fn_rules *r, const char *rel)
{
    char probe[4200];
    /* A name that no file has: only a pattern that ends in "/" and "**" matches it together
     * with the whole folder. */
    int n = snprintf(probe, sizeof probe, "%s/\x01", rel);
    if (n < 0 || (size_t)n >= sizeof probe)
        return true;
    for (size_t i = 0; i < r->exclude.n; i++) {
        const char *p = r->exclude.items[i];
        size_t len = strlen(p);
        if (len >= 3 && strcmp(p + len - 3, "/**") == 0 && matches(p, probe))
            return true;
    }
    return false;
}

bool fn_rules_is_marker(const struct fn_rules *r, const char *name)
{
    for (size_t i = 0; i < r->markers.n; i++)
        if (strcmp(r->markers.items[i], name) == 0)
            return true;
    return false;
}
