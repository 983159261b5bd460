/* SPDX-License-Identifier: MIT */
/* Thumbnails are scaled when they are added, so a sheet holds small pictures only. */
#include "engine/draw/contact_sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/draw/sheet_layout.h"
#include "engine/image/resample.h"

static const struct fn_rgb ink = {32, 33, 36}, faint = {95, 99, 104}, rule = {218, 220, 224},
                           tile = {232, 234, 237};
enum { PAPER = 250 };
enum kind { HEADING, FACE, MORE };

struct item {
    enum kind kind;
    char *text[3]; /* heading: text, instead, note; face: name, instead, file; more: text */
    struct fn_image thumb;
};

struct fn_sheet {
    char *title;
    uint32_t cell, columns;
    struct item *items;
    size_t n, cap;
    struct fn_sheet_layout layout;
};

struct fn_sheet *fn_sheet_create(const char *title, uint32_t cell_px, uint32_t columns)
{
    struct fn_sheet *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->cell = cell_px < 16 ? 16 : cell_px > 1024 ? 1024 : cell_px;
    s->columns = columns < 1 ? 1 : columns > 64 ? 64 : columns;
    s->title = strdup(title ? title : "");
    if (!s->title) {
        free(s);
        return NULL;
    }
    return s;
}

static void item_finish(struct item *i)
{
    for (size_t k = 0; k < 3; k++)
        free(i->text[k]);
    fn_image_destroy(&i->thumb);
}

void fn_sheet_destroy(struct fn_sheet *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        item_finish(&s->items[i]);
    fn_sheet_layout_finish(&s->layout);
    free(s->items);
    free(s->title);
    free(s);
}

/* An item with its texts; it counts after s->n++. NULL: out of memory. */
static struct item *next_item(struct fn_sheet *s, enum kind kind, const char *const text[3])
{
    struct item *p = fn_array_grow(s->items, &s->cap, s->n + 1, sizeof *p);
    if (!p)
        return NULL;
    s->items = p;
    p = &s->items[s->n];
    *p = (struct item){.kind = kind};
    for (size_t k = 0; k < 3; k++)
        if (text[k] && !(p->text[k] = strdup(text[k]))) {
            item_finish(p);
            return NULL;
        }
    return p;
}

/* Scaled to fit into cell x cell, with the aspect ratio preserved. */
static int fit(const struct fn_image *m, uint32_t cell, struct fn_image *ret)
{
    uint64_t longer = m->width > m->height ? m->width : m->height;
    uint32_t w = (uint32_t)((m->width * (uint64_t)cell + longer / 2) / longer);
    uint32_t h = (uint32_t)((m->height * (uint64_t)cell + longer / 2) / longer);

    return fn_resize_u8(m, w ? w : 1, h ? h : 1, ret);
}

int fn_sheet_add(struct fn_sheet *s, const struct fn_image *thumb, const char *name,
                 const char *instead, const char *file)
{
    struct item *i = next_item(s, FACE, (const char *const[3]){name, instead, file});
    if (!i)
        return -ENOMEM;
    if (fit(thumb, s->cell, &i->thumb) < 0) {
        item_finish(i);
        return -ENOMEM;
    }
    s->n++;
    return 0;
}

int fn_sheet_heading(struct fn_sheet *s, const char *text, const char *instead,
                     const char *note)
{
    if (!next_item(s, HEADING, (const char *const[3]){text, instead, note}))
        return -ENOMEM;
    s->n++;
    return 0;
}

int fn_sheet_more(struct fn_sheet *s, const char *text)
{
    if (!next_item(s, MORE, (const char *const[3]){text, NULL, NULL}))
        return -ENOMEM;
    s->n++;
    return 0;
}

int fn_sheet_pages(struct fn_sheet *s, uint32_t *ret)
{
    bool *headings = calloc(s->n + 1, sizeof *headings);
    if (!headings)
        return -ENOMEM;
    for (size_t i = 0; i < s->n; i++)
        headings[i] = s->items[i].kind == HEADING;
    fn_sheet_layout_finish(&s->layout);
    int rc = fn_sheet_lay_out(headings, s->n, s->cell, s->columns, &s->layout);
    free(headings);
    if (!rc)
        *ret = s->layout.pages;
    return rc;
}

/* ---- drawing ---- */

/* The page in progress. */
struct page {
    const struct fn_sheet *s;
    struct fn_text *t;
    struct fn_image *m;
};

static void draw_title(const struct page *p, uint32_t number)
{
    const struct fn_text_style title = {.px = 24, .bold = true, .colour = ink},
                               count = {.px = 13, .side = FN_TEXT_RIGHT, .colour = faint};
    int width = (int)p->m->width - 2 * FN_SHEET_MARGIN, right = 140;
    char text[48];
    bool several = p->s->layout.pages > 1;
    fn_text_draw(p->t, p->m, FN_SHEET_MARGIN, FN_SHEET_MARGIN - 8,
                 several ? width - right : width, &title, p->s->title, NULL);
    if (!several)
        return;
    (void)snprintf(text, sizeof text, "page %u of %u", number + 1, p->s->layout.pages);
    fn_text_draw(p->t, p->m, FN_SHEET_MARGIN + width - right, FN_SHEET_MARGIN + 2, right,
                 &count, text, NULL);
}

static void draw_heading(const struct page *p, const struct item *i,
                         const struct fn_sheet_part *at)
{
    const struct fn_text_style name = {.px = 17, .bold = true, .colour = ink},
                               note = {.px = 13, .colour = faint};
    int width = (int)(at->columns * (p->s->cell + FN_SHEET_GAP)) - FN_SHEET_GAP;
    char text[256];
    (void)snprintf(text, sizeof text, "%s%s", i->text[2] ? i->text[2] : "",
                   !at->continued ? ""
                   : i->text[2]   ? ", continued"
                                  : "continued");
    fn_draw_fill(p->m, (int)at->x, (int)at->y, width, 1, rule);
    fn_text_draw(p->t, p->m, (int)at->x, (int)at->y + 8, width, &name, i->text[0], i->text[1]);
    fn_text_draw(p->t, p->m, (int)at->x, (int)at->y + 34, width, &note, text, NULL);
}

static void draw_face(const struct page *p, const struct item *i,
                      const struct fn_sheet_part *at)
{
    const struct fn_text_style name = {.px = 13, .side = FN_TEXT_CENTRE, .colour = ink},
                               file = {.px = 12,
                                       .side = FN_TEXT_CENTRE,
                                       .cut = FN_TEXT_MIDDLE,
                                       .colour = faint};
    int cell = (int)p->s->cell, x = (int)at->x, y = (int)at->y;
    fn_draw_blit(p->m, x + (cell - (int)i->thumb.width) / 2,
                 y + (cell - (int)i->thumb.height) / 2, &i->thumb);
    y += cell + 4;
    if (i->text[0]) {
        fn_text_draw(p->t, p->m, x, y, cell, &name, i->text[0], i->text[1]);
        y += 19;
    }
    if (i->text[2])
        fn_text_draw(p->t, p->m, x, y, cell, &file, i->text[2], NULL);
}

static void draw_more(const struct page *p, const struct item *i,
                      const struct fn_sheet_part *at)
{
    const struct fn_text_style style = {.px = 14, .side = FN_TEXT_CENTRE, .colour = faint};
    int cell = (int)p->s->cell, height = fn_text_height(style.px);
    fn_draw_fill(p->m, (int)at->x, (int)at->y, cell, cell, tile);
    fn_text_draw(p->t, p->m, (int)at->x, (int)at->y + (cell - height) / 2, cell, &style,
                 i->text[0], NULL);
}

int fn_sheet_render(const struct fn_sheet *s, struct fn_text *t, uint32_t number,
                    struct fn_image *ret)
{
    static void (*const draw[])(const struct page *, const struct item *,
                                const struct fn_sheet_part *) = {
        [HEADING] = draw_heading, [FACE] = draw_face, [MORE] = draw_more};
    const struct fn_sheet_layout *l = &s->layout;
    struct fn_image m;
    int rc = fn_image_create(l->width, l->height[number], &m);
    if (rc)
        return rc;
    const struct page p = {s, t, &m};
    memset(m.data, PAPER, m.stride * m.height);
    draw_title(&p, number);
    for (size_t i = 0; i < l->n; i++)
        if (l->parts[i].page == number) {
            const struct item *item = &s->items[l->parts[i].item];
            draw[item->kind](&p, item, &l->parts[i]);
        }
    if (fn_text_failed(t)) {
        fn_image_destroy(&m);
        return -ENOMEM;
    }
    *ret = m;
    return 0;
}
