/* SPDX-License-Identifier: MIT */
/* Patterns over paths: a table, and random patterns compared with a plain recursion. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/glob.h"
#include "engine/base/rng.h"

static void as_written(void **state)
{
    static const struct {
        const char *glob, *path;
        unsigned flags;
        bool match;
    } rows[] = {
        {"a.jpg", "a.jpg", 0, true},
        {"a.jpg", "b/a.jpg", 0, false},
        {"*.jpg", "a.jpg", 0, true},
        {"*.jpg", "d/a.jpg", 0, false},
        {"**.jpg", "d/a.jpg", 0, true},
        {"**/a.jpg", "a.jpg", 0, true},
        {"**/a.jpg", "x/y/a.jpg", 0, true},
        {"x/**/a.jpg", "x/a.jpg", 0, true},
        {"x/**/a.jpg", "x/y/z/a.jpg", 0, true},
        {"x/**/a.jpg", "xa.jpg", 0, false},
        {"x/**/a.jpg", "x/ba.jpg", 0, false},
        {"b/**", "b/c/a.jpg", 0, true},
        {"b/**", "bc/a.jpg", 0, false},
        {"b/**", "b", 0, false},
        {"**/.*/**", ".git/x", 0, true},
        {"**/.*/**", "a/.git/b/x", 0, true},
        {"**/.*/**", "a/.hidden.jpg", 0, false},
        {"**/@eaDir/**", "p/@eaDir/x.jpg", 0, true},
        {"**/@eaDir/**", "p/@eaDirs/x.jpg", 0, false},
        {"a**b", "a/x/b", 0, true},
        {"a**b", "ab", 0, true},
        {"a**/b", "ab", 0, false}, /* here "**" is not a whole component */
        {"**/**/b", "b", 0, true},
        {"***b", "a/b", 0, true},
        {"?.jpg", "a.jpg", 0, true},
        {"?.jpg", "/.jpg", 0, false},
        {"a?c", "a/c", 0, false},
        {"a?c*", "abcde", 0, true},
        {"", "", 0, true},
        {"", "a", 0, false},
        {"*", "", 0, true},
        {"**", "a/b", 0, true},
        {"[a-c]x", "bx", FN_GLOB_SETS, true},
        {"[!a-c]x", "bx", FN_GLOB_SETS, false},
        {"[^a-c]x", "dx", FN_GLOB_SETS, true},
        {"[]]x", "]x", FN_GLOB_SETS, true},
        {"[!]]x", "]x", FN_GLOB_SETS, false},
        {"[a-]x", "-x", FN_GLOB_SETS, true},
        {"[abc", "[abc", FN_GLOB_SETS, true},
        {"[!a]", "/", FN_GLOB_SETS, false},
        {"**/[0-9]*", "x/2009.jpg", FN_GLOB_SETS, true},
        {"[a-c]x", "bx", 0, false},
        {"Trip [2009]/*", "Trip [2009]/a.jpg", 0, true},
        {"Trip [2009]/*", "Trip 2/a.jpg", FN_GLOB_SETS, true},
        {"a", "a/b.jpg", FN_GLOB_BELOW, true},
        {"a", "a/b.jpg", 0, false},
        {"a/", "a/b.jpg", FN_GLOB_BELOW, true},
        {"a", "ab/c.jpg", FN_GLOB_BELOW, false},
        {"?", "a/b.jpg", FN_GLOB_BELOW, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (fn_glob_match(rows[i].glob, rows[i].path, rows[i].flags) != rows[i].match)
            fail_msg("'%s' on '%s' is not %d", rows[i].glob, rows[i].path, rows[i].match);
}

/* The definition by trial: every way to split the path. glob: the start of the pattern. */
static bool plain(const char *glob, const char *g, const char *s);

static bool plain_set(const char *glob, const char *g, const char *s, bool *ret_closed)
{
    bool negated = g[1] == '!' || g[1] == '^', hit = false;
    const char *first = g + 1 + negated, *close = *first ? strchr(first + 1, ']') : NULL;
    *ret_closed = close != NULL;
    if (!close)
        return false;
    for (const char *p = first; p < close;) {
        bool range = close - p > 2 && p[1] == '-';
        unsigned char lo = (unsigned char)p[0], hi = range ? (unsigned char)p[2] : lo;
        hit = hit || ((unsigned char)*s >= lo && (unsigned char)*s <= hi);
        p += range ? 3 : 1;
    }
    return *s && *s != '/' && hit != negated && plain(glob, close + 1, s + 1);
}

static bool plain_star(const char *glob, const char *g, const char *s)
{
    size_t stars = strspn(g, "*");
    bool folders = stars > 1 && (g == glob || g[-1] == '/') && g[stars] == '/';
    if (folders && plain(glob, g + stars + 1, s))
        return true;
    for (;; s++) {
        if (plain(glob, g + stars, s))
            return true;
        if (!*s || (stars == 1 && *s == '/'))
            return false;
    }
}

static bool plain(const char *glob, const char *g, const char *s)
{
    bool closed;
    if (*g == '*')
        return plain_star(glob, g, s);
    if (*g == '[') {
        bool match = plain_set(glob, g, s, &closed);
        if (closed)
            return match;
    }
    if (!*g || !*s)
        return *g == *s;
    return (*g == '?' ? *s != '/' : *g == *s) && plain(glob, g + 1, s + 1);
}

static void fill(struct fn_rng *r, char *out, size_t n, const char *alphabet)
{
    size_t k = strlen(alphabet);
    for (size_t i = 0; i < n; i++)
        out[i] = alphabet[fn_rng_below(r, k)];
    out[n] = '\0';
}

static void as_tried_out(void **state)
{
    struct fn_rng r = fn_rng_init(4, 0);
    size_t matches = 0;
    (void)state;
    for (int round = 0; round < 300000; round++) {
        char glob[12], path[12];
        fill(&r, glob, fn_rng_below(&r, 9), round % 2 ? "**//ab?" : "*/ab[]!-");
        fill(&r, path, fn_rng_below(&r, 9), round % 2 ? "//ab" : "/ab-");
        bool want = plain(glob, glob, path);
        matches += want;
        if (fn_glob_match(glob, path, FN_GLOB_SETS) != want)
            fail_msg("'%s' on '%s' is not %d", glob, path, want);
    }
    assert_true(matches > 10000);
}

/* Many stars on a long path take no longer than few: 3000 times 200 steps. */
static void hostile(void **state)
{
    char path[FN_GLOB_PATH_MAX + 1], glob[201];
    (void)state;
    memset(path, 'a', 3000);
    path[3000] = '\0';
    for (size_t i = 0; i < 198; i++)
        glob[i] = "**/a"[i % 4];
    memcpy(glob + 198, "b", 2);
    clock_t begin = clock();
    assert_false(fn_glob_match("*a*a*a*a*a*a*a*a*a*a*b", path, 0));
    assert_false(fn_glob_match("**a**a**a**a**a**a**a**b", path, 0));
    assert_false(fn_glob_match(glob, path, 0));
    for (size_t i = 1; i < 3000; i += 2)
        path[i] = '/';
    assert_false(fn_glob_match("**/*a*/**/*a*/**/*a*/**/*a*/**/b", path, 0));
    assert_false(fn_glob_match(glob, path, 0));
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 1);
}

static void too_long(void **state)
{
    char *path = malloc(FN_GLOB_PATH_MAX + 1);
    (void)state;
    memset(path, 'a', FN_GLOB_PATH_MAX);
    path[FN_GLOB_PATH_MAX] = '\0';
    assert_false(fn_glob_match("**", path, 0));
    path[FN_GLOB_PATH_MAX - 1] = '\0';
    assert_true(fn_glob_match("**", path, 0));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_written),
        cmocka_unit_test(as_tried_out),
        cmocka_unit_test(hostile),
        cmocka_unit_test(too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
