/* SPDX-License-Identifier: MIT */
/* Patterns and markers. Nothing here touches a file. */
#include "daemon/files/rules.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fnd_rules {
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

struct fnd_rules *fnd_rules_create(const struct fn_config *c)
{
    struct fnd_rules *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    atomic_init(&r->refs, 1);
    r->follow_symlinks = c->follow_symlinks;
    r->one_filesystem = c->one_filesystem;
    if (copy_list(&r->exclude, &c->exclude) && copy_list(&r->markers, &c->ignore_markers))
        return r;
    fnd_rules_unref(r);
    return NULL;
}

struct fnd_rules *fnd_rules_ref(struct fnd_rules *r)
{
    atomic_fetch_add(&r->refs, 1);
    return r;
}

void fnd_rules_unref(struct fnd_rules *r)
{
    if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
        return;
    free_list(&r->exclude);
    free_list(&r->markers);
    free(r);
}

bool fnd_rules_follow_symlinks(const struct fnd_rules *r)
{
    return r->follow_symlinks;
}

bool fnd_rules_one_filesystem(const struct fnd_rules *r)
{
    return r->one_filesystem;
}

/* One character class at p ("[...]"); *ret_end: behind it. An unclosed '[' is an ordinary
 * character. */
static bool class_match(const char *p, char c, const char **ret_end)
{
    const char *at = p + 1;
    bool negate = *at == '!' || *at == '^', hit = false;
    at += negate;
    for (const char *first = at; *at && (*at != ']' || at == first); at++) {
        unsigned char lo = (unsigned char)*at, hi = lo;
        if (at[1] == '-' && at[2] && at[2] != ']') {
            hi = (unsigned char)at[2];
            at += 2;
        }
        hit = hit || ((unsigned char)c >= lo && (unsigned char)c <= hi);
    }
    if (*at != ']') {
        *ret_end = p + 1;
        return c == '[';
    }
    *ret_end = at + 1;
    return hit != negate && c != '/';
}

/* Outcomes of a partial match, as in git's wildmatch: the last two tell the stars before that
 * trying a later start is of no use, which keeps the cost polynomial. */
enum glob {
    GLOB_FAIL,
    GLOB_MATCH,
    GLOB_END,   /* the text ended too early */
    GLOB_SLASH, /* a single star met a slash: only a double one can help */
};

static enum glob glob_at(const char *p, const char *s);

static enum glob glob_star(const char *p, const char *s)
{
    for (;; s++) {
        enum glob g = glob_at(p, s);
        if (g != GLOB_FAIL)
            return g;
        if (*s == '/')
            return GLOB_SLASH;
        if (!*s)
            return GLOB_END;
    }
}

/* p stands behind a "**". */
static enum glob glob_deep(const char *p, const char *s)
{
    /* With a slash behind it: zero or more whole components. */
    bool whole = *p == '/';
    p += whole;
    for (;;) {
        enum glob g = glob_at(p, s);
        if (g == GLOB_MATCH || g == GLOB_END)
            return g;
        s = whole ? strchrnul(s, '/') : s;
        if (!*s)
            return GLOB_END;
        s++;
    }
}

static enum glob glob_at(const char *p, const char *s)
{
    while (*p) {
        if (p[0] == '*' && p[1] == '*')
            return glob_deep(p + 2, s);
        if (*p == '*')
            return glob_star(p + 1, s);
        if (!*s)
            return GLOB_END;
        const char *next = p + 1;
        bool same = *p == '?' ? *s != '/' : *p == '[' ? class_match(p, *s, &next) : *p == *s;
        if (!same)
            return GLOB_FAIL;
        p = next;
        s++;
    }
    return *s ? GLOB_FAIL : GLOB_MATCH;
}

bool fnd_glob_match(const char *pattern, const char *path)
{
    return glob_at(pattern, path) == GLOB_MATCH;
}

bool fnd_rules_skip_file(const struct fnd_rules *r, const char *rel)
{
    for (size_t i = 0; i < r->exclude.n; i++)
        if (fnd_glob_match(r->exclude.items[i], rel))
            return true;
    return false;
}

bool fnd_rules_skip_dir(const struct fnd_rules *r, const char *rel)
{
    char probe[4200];
    /* A name no file has: only a pattern that ends in "/" and "**" takes it together with the
     * whole folder. */
    int n = snprintf(probe, sizeof probe, "%s/\x01", rel);
    if (n < 0 || (size_t)n >= sizeof probe)
        return true;
    for (size_t i = 0; i < r->exclude.n; i++) {
        const char *p = r->exclude.items[i];
        size_t len = strlen(p);
        if (len >= 3 && strcmp(p + len - 3, "/**") == 0 && fnd_glob_match(p, probe))
            return true;
    }
    return false;
}

bool fnd_rules_is_marker(const struct fnd_rules *r, const char *name)
{
    for (size_t i = 0; i < r->markers.n; i++)
        if (strcmp(r->markers.items[i], name) == 0)
            return true;
    return false;
}
