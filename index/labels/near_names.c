/* SPDX-License-Identifier: MIT */
/* "Did you mean" for names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/edit_distance.h"
#include "engine/base/text.h"
#include "index/labels/names.h"

enum { NEAR_MAX = 3, EDITS_MAX = 2 };

struct near {
    size_t distance[NEAR_MAX];
    const char *name[NEAR_MAX];
    size_t n;
};

/* At most two edits, and no more than half of the longer word: "anm" is near "anna", and not
 * near "tom". */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t d = fn_edit_distance(a, na, b, nb);
    return d <= EDITS_MAX && 2 * d <= (na > nb ? na : nb) ? d : FN_EDIT_FAR;
}

static size_t nearest_part(const char *name, const char *key)
{
    size_t n = strlen(key), best = distance(name, strlen(name), key, n);
    for (const char *word = name, *end; *word; word = *end ? end + 1 : end) {
        for (end = word; *end && !fn_name_gap(*end);)
            end++;
        size_t d = distance(word, (size_t)(end - word), key, n);
        best = d < best ? d : best;
    }
    return best;
}

/* Keeps the list sorted; of equally near names the first stays first. */
static void offer(struct near *near, size_t d, const char *name)
{
    size_t at = near->n;
    while (at > 0 && near->distance[at - 1] > d)
        at--;
    if (at == NEAR_MAX)
        return;
    near->n += near->n < NEAR_MAX;
    for (size_t i = near->n - 1; i > at; i--) {
        near->distance[i] = near->distance[i - 1];
        near->name[i] = near->name[i - 1];
    }
    near->distance[at] = d;
    near->name[at] = name;
}

/* Nothing is offered when memory is short: the complaint matters more. */
void fn_names_near(const struct fn_names *names, const char *text, char *out, size_t size)
{
    struct near near = {.n = 0};
    char *key = fn_text_key(text);
    size_t len = 0;
    for (size_t i = 0; key && i < names->n; i++) {
        size_t d = nearest_part(names->v[i].key, key);
        if (d != FN_EDIT_FAR)
            offer(&near, d, names->v[i].name);
    }
    free(key);
    out[0] = '\0';
    for (size_t i = 0; i < near.n && len < size - 1; i++) {
        int n = snprintf(out + len, size - len, "%s%.60s", i ? ", " : "", near.name[i]);
        len += n > 0 ? (size_t)n : 0;
    }
}
