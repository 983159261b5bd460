/* SPDX-License-Identifier: MIT */
/* Globs over paths; see query_priv.h. One row of a table per byte of the pattern, no
 * backtracking. */
#include <stdlib.h>
#include <string.h>

#include "index/query/query_priv.h"

/* One element of the pattern: its length; whether it repeats, and over what. */
struct element {
    size_t n;
    bool many, slash; /* slash: '/' too */
};

static struct element element_at(const char *g)
{
    if (g[0] == '*' && g[1] == '*') {
        size_t n = 2;
        while (g[n] == '*')
            n++;
        return (struct element){.n = n, .many = true, .slash = true};
    }
    return (struct element){.n = 1, .many = g[0] == '*'};
}

static bool one(char g, char c)
{
    return g == '?' ? c != '/' : g == c;
}

static void step(const char *g, struct element e, const char *path, size_t n, const bool *from,
                 bool *to)
{
    bool on = false;
    memset(to, 0, n + 1);
    for (size_t i = 0; i <= n; i++) {
        if (e.many) {
            on = from[i] || (on && (e.slash || path[i - 1] != '/'));
            to[i] = on;
        } else if (i < n && from[i] && one(*g, path[i])) {
            to[i + 1] = true;
        }
    }
}

/* "a/" + "**" + "/b" also is "a/b": the '/' after "**" may be left out where "**" matched
 * nothing. */
static void skip_slash(const bool *before, bool *to, const char *path, size_t n)
{
    for (size_t i = 0; i <= n; i++) {
        if (before[i] && (!i || path[i - 1] == '/'))
            to[i] = true;
    }
}

bool fn_query_glob(const char *glob, const char *path)
{
    size_t n = strlen(path);
    bool *rows = calloc(3 * (n + 1), sizeof *rows), *a = rows, *b = rows ? rows + n + 1 : NULL,
         match = false;
    if (!rows)
        return false;
    bool *held = rows + 2 * (n + 1); /* where the last "**" began */
    bool wild = false;
    a[0] = true;
    for (const char *g = glob; *g;) {
        struct element e = element_at(g);
        bool deep = e.many && e.slash && (g == glob || g[-1] == '/') && g[e.n] == '/';
        wild = wild || e.many || *g == '?';
        if (deep)
            memcpy(held, a, (n + 1) * sizeof *held);
        step(g, e, path, n, a, b);
        g += e.n;
        if (deep) { /* with its '/' */
            step("/", (struct element){.n = 1}, path, n, b, a);
            skip_slash(held, a, path, n);
            g++;
        } else {
            bool *s = a;
            a = b;
            b = s;
        }
    }
    match = a[n];
    for (size_t i = 0; !match && !wild && i < n; i++)
        match = a[i] && (path[i] == '/' || (i && path[i - 1] == '/'));
    free(rows);
    return match;
}
