/* SPDX-License-Identifier: MIT */
#include "cli/library/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"

/* NULL when out of memory; then the sheet has failed. */
static struct fnl_sheet_item *add(struct fnl_sheet *s, enum fnl_sheet_kind kind,
                                  const char *const text[3])
{
    struct fnl_sheet_item *all = fn_array_grow(s->items, &s->cap, s->n + 1, sizeof *all);
    if (!all) {
        s->failed = true;
        return NULL;
    }
    s->items = all;
    struct fnl_sheet_item *i = &s->items[s->n++];
    *i = (struct fnl_sheet_item){.kind = kind};
    for (size_t k = 0; k < 3; k++)
        if (text[k] && !(i->text[k] = strdup(text[k])))
            s->failed = true;
    return i;
}

void fnl_sheet_heading(struct fnl_sheet *s, const char *text, const char *instead,
                       const char *note)
{
    if (s->n_faces < FNL_SHEET_MAX)
        (void)add(s, FNL_SHEET_HEADING, (const char *const[3]){text, instead, note});
}

void fnl_sheet_add(struct fnl_sheet *s, const char *path, const float box[4], const char *line1,
                   const char *instead, const char *line2)
{
    if (s->n_faces == FNL_SHEET_MAX) {
        s->n_left_out++;
        return;
    }
    struct fnl_sheet_item *i =
        add(s, FNL_SHEET_FACE, (const char *const[3]){line1, instead, line2});
    if (!i)
        return;
    s->n_faces++;
    i->path = strdup(path);
    s->failed = s->failed || !i->path;
    memcpy(i->box, box, sizeof i->box);
}

void fnl_sheet_more(struct fnl_sheet *s, size_t n)
{
    char text[48];
    (void)snprintf(text, sizeof text, "and %zu more", n);
    if (n && s->n_faces < FNL_SHEET_MAX)
        (void)add(s, FNL_SHEET_MORE, (const char *const[3]){text, NULL, NULL});
    else
        s->n_left_out += n;
}

void fnl_sheet_finish(struct fnl_sheet *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->items[i].path);
        for (size_t k = 0; k < 3; k++)
            free(s->items[i].text[k]);
        fn_image_destroy(&s->items[i].thumb);
    }
    free(s->items);
    *s = (struct fnl_sheet){0};
}
