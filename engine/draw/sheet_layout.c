/* SPDX-License-Identifier: MIT */
#include "engine/draw/sheet_layout.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/base/array.h"

/* The state of the walk over the items. */
struct walk {
    struct fn_sheet_layout *l;
    uint32_t cell, columns;
    uint32_t page, band; /* y of the band in progress */
    uint32_t bottom;     /* of what is on the page so far */
    uint32_t used;       /* columns of the band that have a section; 0: none may share it */
    bool failed;
};

static uint32_t row_height(const struct walk *w)
{
    return w->cell + FN_SHEET_CAPTION + FN_SHEET_GAP;
}

static uint32_t column_x(const struct walk *w, uint32_t column)
{
    return FN_SHEET_MARGIN + column * (w->cell + FN_SHEET_GAP);
}

static void put(struct walk *w, struct fn_sheet_part part, uint32_t height)
{
    struct fn_sheet_layout *l = w->l;
    struct fn_sheet_part *all = fn_array_grow(l->parts, &l->cap, l->n + 1, sizeof *all);
    if (!all) {
        w->failed = true;
        return;
    }
    l->parts = all;
    part.page = w->page;
    l->parts[l->n++] = part;
    if (part.y + height > w->bottom)
        w->bottom = part.y + height;
}

static void new_page(struct walk *w)
{
    w->page++;
    w->bottom = FN_SHEET_MARGIN + FN_SHEET_TITLE;
    w->used = 0;
}

static bool fits(const struct walk *w, uint32_t y, uint32_t height)
{
    return y + height + FN_SHEET_MARGIN <= FN_SHEET_PAGE_MAX ||
           w->bottom == FN_SHEET_MARGIN + FN_SHEET_TITLE;
}

/* Puts a heading below all that is on the page; returns the y below it. */
static uint32_t put_heading(struct walk *w, size_t item, bool is_there, bool continued)
{
    w->band = w->bottom;
    if (!is_there)
        return w->band;
    put(w,
        (struct fn_sheet_part){.item = item,
                               .x = column_x(w, 0),
                               .y = w->band,
                               .columns = w->columns,
                               .continued = continued},
        FN_SHEET_HEADING);
    return w->band + FN_SHEET_HEADING;
}

/* A section of one row at most, next to the one before if there is room. */
static void put_small(struct walk *w, size_t heading, size_t first, size_t n, bool has_heading)
{
    uint32_t need = n < 2 ? 2 : (uint32_t)n, top = has_heading ? FN_SHEET_HEADING : 0;
    need = need < w->columns ? need : w->columns;
    if (!w->used || w->used + need > w->columns) {
        if (!fits(w, w->bottom, top + row_height(w)))
            new_page(w);
        w->band = w->bottom;
        w->used = 0;
    }
    if (has_heading)
        put(w,
            (struct fn_sheet_part){
                .item = heading, .x = column_x(w, w->used), .y = w->band, .columns = need},
            top);
    for (size_t i = 0; i < n; i++)
        put(w,
            (struct fn_sheet_part){
                .item = first + i, .x = column_x(w, w->used + (uint32_t)i), .y = w->band + top},
            row_height(w));
    w->used += need;
}

/* A section of several rows, which has bands of its own, on as many pages as it needs. */
static void put_large(struct walk *w, size_t heading, size_t first, size_t n, bool has_heading)
{
    uint32_t y = 0, top = has_heading ? FN_SHEET_HEADING : 0;
    for (size_t i = 0; i < n; i += w->columns) {
        if (!fits(w, i ? y : w->bottom, (i ? 0 : top) + row_height(w))) {
            new_page(w);
            y = put_heading(w, heading, has_heading, i > 0);
        } else if (i == 0) {
            y = put_heading(w, heading, has_heading, false);
        }
        for (size_t k = i; k < n && k < i + w->columns; k++)
            put(w,
                (struct fn_sheet_part){
                    .item = first + k, .x = column_x(w, (uint32_t)(k - i)), .y = y},
                row_height(w));
        y += row_height(w);
    }
    w->used = 0;
}

/* The height of each page is where its lowest part ends. */
static int measure_pages(struct walk *w)
{
    struct fn_sheet_layout *l = w->l;
    l->height = calloc(l->pages, sizeof *l->height);
    if (!l->height)
        return -ENOMEM;
    for (uint32_t p = 0; p < l->pages; p++)
        l->height[p] = 2 * FN_SHEET_MARGIN + FN_SHEET_TITLE;
    for (size_t i = 0; i < l->n; i++) {
        const struct fn_sheet_part *p = &l->parts[i];
        uint32_t end = p->y + (p->columns ? FN_SHEET_HEADING : row_height(w));
        if (end + FN_SHEET_MARGIN > l->height[p->page])
            l->height[p->page] = end + FN_SHEET_MARGIN;
    }
    return 0;
}

int fn_sheet_lay_out(const bool *headings, size_t n, uint32_t cell, uint32_t columns,
                     struct fn_sheet_layout *ret)
{
    *ret = (struct fn_sheet_layout){0};
    struct walk w = {
        .l = ret, .cell = cell, .columns = columns, .bottom = FN_SHEET_MARGIN + FN_SHEET_TITLE};
    for (size_t i = 0, k; i < n; i = k) {
        size_t first = i + (headings[i] ? 1 : 0);
        for (k = first; k < n && !headings[k]; k++)
            ;
        if (k - first <= columns)
            put_small(&w, i, first, k - first, headings[i]);
        else
            put_large(&w, i, first, k - first, headings[i]);
    }
    ret->pages = w.page + 1;
    ret->width = 2 * FN_SHEET_MARGIN + columns * (cell + FN_SHEET_GAP) - FN_SHEET_GAP;
    if (w.failed || measure_pages(&w)) {
        fn_sheet_layout_finish(ret);
        return -ENOMEM;
    }
    return 0;
}

void fn_sheet_layout_finish(struct fn_sheet_layout *l)
{
    free(l->parts);
    free(l->height);
    *l = (struct fn_sheet_layout){0};
}
