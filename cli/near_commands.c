/* SPDX-License-Identifier: MIT */
/* "Did you mean" for commands. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "engine/base/edit_distance.h"

enum { EDITS_MAX = 2, OFFERS_MAX = 4 };

/* At most two edits, and no more than half of the longer word. */
static size_t distance(const char *a, size_t na, const char *b)
{
    size_t nb = strlen(b), d = fn_edit_distance(a, na, b, nb);
    return d <= EDITS_MAX && 2 * d <= (na > nb ? na : nb) ? d : FN_EDIT_FAR;
}

/* How far "people show" is from what was typed: after its group, only its second word matters;
 * otherwise either of its words, and both in the wrong order. */
static size_t distance_to(const char *name, const char *first, const char *second)
{
    size_t n = strcspn(name, " ");
    if (!name[n])
        return distance(name, n, first);
    if (second && fnq_is_group(first))
        return strncmp(name, first, n) == 0 && !first[n]
                   ? distance(name + n + 1, strlen(name + n + 1), second)
                   : FN_EDIT_FAR;
    size_t of_second = distance(name + n + 1, strlen(name + n + 1), first);
    if (second && of_second != FN_EDIT_FAR)
        return distance(name, n, second) != FN_EDIT_FAR ? of_second : of_second + 1;
    return second ? distance(name, n, first) : of_second;
}

struct near {
    size_t best, n;
    struct fn_buf *out;
};

static void offer(struct near *near, size_t d, const char *name)
{
    if (d == FN_EDIT_FAR || d > near->best || (d == near->best && near->n == OFFERS_MAX))
        return;
    if (d < near->best) {
        fn_buf_reset(near->out);
        near->n = 0;
    }
    near->best = d;
    fn_buf_printf(near->out, "%s%s", near->n++ ? ", " : "", name);
}

void fnq_near_commands(struct fn_buf *out, const char *first, const char *second)
{
    struct near near = {FN_EDIT_FAR, 0, out};
    char last[64] = "";
    FNQ_EACH_COMMAND(c)
    {
        char group[64];
        size_t n = strcspn(c->name, " ");
        (void)snprintf(group, sizeof group, "%.*s", (int)n, c->name);
        if (c->hidden)
            continue;
        offer(&near, distance_to(c->name, first, second), c->name);
        if (c->name[n] && !second && strcmp(group, last) != 0)
            offer(&near, distance(group, n, first), group);
        (void)snprintf(last, sizeof last, "%s", group);
    }
    for (const struct fnq_alias *a = fnq_aliases; a->word; a++)
        if (!fnq_is_group(a->word))
            offer(&near, distance(a->word, strlen(a->word), first), a->word);
}
