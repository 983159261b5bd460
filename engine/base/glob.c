/* SPDX-License-Identifier: MIT */
/* A table with one row per element of the pattern, without backtracking: row[i] is true if the
 * pattern so far matches the first i bytes of the path. */
#include "engine/base/glob.h"

#include <stddef.h>
#include <string.h>

struct text {
    const char *s;
    size_t n;
};

/* One element of the pattern: its length in the pattern, and what it matches. */
struct element {
    const char *at;
    size_t n;
    enum { ONE, ANY, SET, STAR, DEEP } kind;
};

/* The length of the set at g, or 0 when it is not closed. */
static size_t set_length(const char *g)
{
    size_t first = 1 + (g[1] == '!' || g[1] == '^'), n = first;
    while (g[n] && (g[n] != ']' || n == first))
        n++;
    return g[n] ? n + 1 : 0;
}

static struct element element_at(const char *g, unsigned flags)
{
    struct element e = {.at = g, .n = 1, .kind = ONE};
    if (g[0] == '*') {
        e.n = strspn(g, "*");
        e.kind = e.n > 1 ? DEEP : STAR;
    } else if (g[0] == '?') {
        e.kind = ANY;
    } else if (g[0] == '[' && (flags & FN_GLOB_SETS) && set_length(g)) {
        e.n = set_length(g);
        e.kind = SET;
    }
    return e;
}

static bool in_set(struct element e, char c)
{
    const char *p = e.at + 1, *end = e.at + e.n - 1;
    bool negated = *p == '!' || *p == '^', hit = false;
    for (p += negated; p < end; p++) {
        unsigned char lo = (unsigned char)*p, hi = lo;
        if (p[1] == '-' && p + 2 < end) {
            hi = (unsigned char)p[2];
            p += 2;
        }
        hit = hit || ((unsigned char)c >= lo && (unsigned char)c <= hi);
    }
    return hit != negated && c != '/';
}

static bool takes(struct element e, char c)
{
    return e.kind == ANY ? c != '/' : e.kind == SET ? in_set(e, c) : c == *e.at;
}

/* Computes the row after e from the row before it. */
static void step(struct element e, struct text path, const bool *from, bool *to)
{
    bool many = e.kind == STAR || e.kind == DEEP, on = false;
    to[0] = many && from[0];
    for (size_t i = 0; i <= path.n; i++) {
        if (many) {
            on = from[i] || (on && (e.kind == DEEP || path.s[i - 1] != '/'));
            to[i] = on;
        } else if (i < path.n) {
            to[i + 1] = from[i] && takes(e, path.s[i]);
        }
    }
}

/* "**" and the slash after it, where a component may begin. They match nothing, or everything
 * up to and including any slash. */
static void step_folders(struct text path, const bool *from, bool *to)
{
    bool on = false;
    for (size_t i = 0; i <= path.n; i++) {
        to[i] = from[i] || (on && path.s[i - 1] == '/');
        on = on || from[i];
    }
}

static bool any(const bool *row, size_t n)
{
    return memchr(row, true, n) != NULL;
}

static bool below(struct text path, const bool *row)
{
    for (size_t i = 0; i < path.n; i++)
        if (row[i] && (path.s[i] == '/' || (i && path.s[i - 1] == '/')))
            return true;
    return false;
}

bool fn_glob_match(const char *glob, const char *path, unsigned flags)
{
    bool rows[2][FN_GLOB_PATH_MAX + 1], wild = false;
    struct text text = {path, strnlen(path, FN_GLOB_PATH_MAX)};
    unsigned now = 0;
    if (text.n == FN_GLOB_PATH_MAX)
        return false;
    memset(rows[0], 0, text.n + 1);
    rows[0][0] = true;
    for (const char *g = glob; *g; now = !now) {
        struct element e = element_at(g, flags);
        wild = wild || e.kind != ONE;
        if (e.kind == DEEP && (g == glob || g[-1] == '/') && g[e.n] == '/') {
            step_folders(text, rows[now], rows[!now]);
            e.n++;
        } else {
            step(e, text, rows[now], rows[!now]);
        }
        if (!any(rows[!now], text.n + 1))
            return false;
        g += e.n;
    }
    return rows[now][text.n] || ((flags & FN_GLOB_BELOW) && !wild && below(text, rows[now]));
}
