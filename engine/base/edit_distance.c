/* SPDX-License-Identifier: MIT */
#include "engine/base/edit_distance.h"

#include <stdbool.h>

#include "engine/base/utf8.h"

struct word {
    uint32_t c[FN_EDIT_WORD_MAX];
    size_t n;
};

static bool read_word(struct word *w, const char *s, size_t n)
{
    const char *end = s + n;
    w->n = 0;
    while (s < end) {
        if (w->n == FN_EDIT_WORD_MAX)
            return false;
        w->c[w->n++] = fn_utf8_next(&s, end);
    }
    return true;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Wagner & Fischer 1974. Only three rows of the table are stored. */
size_t fn_edit_distance(const char *a, size_t na, const char *b, size_t nb)
{
    struct word v, w;
    size_t row[3][FN_EDIT_WORD_MAX + 1];
    if (!read_word(&v, a, na) || !read_word(&w, b, nb))
        return FN_EDIT_FAR;
    for (size_t j = 0; j <= w.n; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= v.n; i++) {
        size_t *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= w.n; j++) {
            now[j] =
                least(least(up[j], now[j - 1]) + 1, up[j - 1] + (v.c[i - 1] != w.c[j - 1]));
            if (i > 1 && j > 1 && v.c[i - 1] == w.c[j - 2] && v.c[i - 2] == w.c[j - 1])
                now[j] = least(now[j], up2[j - 2] + 1);
        }
    }
    return row[v.n % 3][w.n];
}
