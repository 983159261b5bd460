/* SPDX-License-Identifier: MIT */
/* Contact sheets: a title, sections with headings, and thumbnails with captions in a grid.
 * Thumbnails are scaled when they are added, so a sheet holds small pictures only. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/buf.h"
#include "engine/base/utf8.h"
#include "engine/image/draw.h"
#include "engine/image/font.h"
#include "engine/image/resample.h"

enum {
    GAP = 12,
    LINE = 18,
    TITLE_SIZE = 2,
    TITLE_LINE = 44,
    HEADING_LINE = 30,
    HEIGHT_MAX = 65000
};

struct item {
    bool heading;
    char *text[2]; /* heading: [0]; thumbnail: two lines */
    struct fn_image thumb;
};

struct fn_sheet {
    char *title;
    uint32_t cell, columns;
    struct item *items;
    size_t n, cap;
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
    free(i->text[0]);
    free(i->text[1]);
    fn_image_destroy(&i->thumb);
}

void fn_sheet_destroy(struct fn_sheet *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        item_finish(&s->items[i]);
    free(s->items);
    free(s->title);
    free(s);
}

static struct item *next_item(struct fn_sheet *s)
{
    struct item *p = fn_array_grow(s->items, &s->cap, s->n + 1, sizeof *p);
    if (!p)
        return NULL;
    s->items = p;
    memset(&s->items[s->n], 0, sizeof *s->items);
    return &s->items[s->n];
}

/* Scaled to fit into cell x cell, never enlarged beyond it, with the aspect ratio preserved. */
static int fit(const struct fn_image *m, uint32_t cell, struct fn_image *ret)
{
    uint64_t longer = m->width > m->height ? m->width : m->height;
    uint32_t w = (uint32_t)((m->width * (uint64_t)cell + longer / 2) / longer);
    uint32_t h = (uint32_t)((m->height * (uint64_t)cell + longer / 2) / longer);

    return fn_resize_u8(m, w ? w : 1, h ? h : 1, ret);
}

int fn_sheet_add(struct fn_sheet *s, const struct fn_image *thumb, const char *line1,
                 const char *line2)
{
    struct item *i = next_item(s);

    if (!i)
        return -ENOMEM;
    i->text[0] = strdup(line1 ? line1 : "");
    i->text[1] = strdup(line2 ? line2 : "");
    if (!i->text[0] || !i->text[1] || fit(thumb, s->cell, &i->thumb) < 0) {
        item_finish(i);
        return -ENOMEM;
    }
    s->n++;
    return 0;
}

int fn_sheet_heading(struct fn_sheet *s, const char *text)
{
    struct item *i = next_item(s);

    if (!i)
        return -ENOMEM;
    i->heading = true;
    i->text[0] = strdup(text);
    if (!i->text[0])
        return -ENOMEM;
    s->n++;
    return 0;
}

/* Draws as much of the text as fits into width, with ".." when it does not. */
static void clipped_text(struct fn_image *m, int x, int y, int width, const char *text,
                         int size, struct fn_rgb c)
{
    size_t cells = (size_t)(width / (FN_FONT_WIDTH * size)), n = 0;
    const char *p = text, *end = text + strlen(text), *cut = text;
    struct fn_buf shown;

    while (p < end) {
        (void)fn_utf8_next(&p, end);
        if (++n + 2 <= cells)
            cut = p;
    }
    if (n <= cells) {
        (void)fn_draw_text(m, x, y, text, size, c);
        return;
    }
    fn_buf_init(&shown, 4096);
    fn_buf_add(&shown, text, (size_t)(cut - text));
    fn_buf_str(&shown, "..");
    (void)fn_draw_text(m, x, y, fn_buf_cstr(&shown), size, c);
    fn_buf_finish(&shown);
}

/* Cells that a section takes side by side: as many as it has thumbnails, at least two for its
 * heading, at most a row. */
static uint32_t section_columns(const struct fn_sheet *s, size_t heading)
{
    uint32_t n = 0;
    for (size_t k = heading + 1; k < s->n && !s->items[k].heading && n < s->columns; k++)
        n++;
    if (n < 2)
        n = 2;
    return n < s->columns ? n : s->columns;
}

static void draw_thumb(const struct fn_sheet *s, struct fn_image *m, const struct item *i,
                       int x, int y)
{
    static const struct fn_rgb ink = {30, 30, 30}, faint = {110, 110, 110};
    int cell = (int)s->cell;
    fn_draw_blit(m, x + (cell - (int)i->thumb.width) / 2, y + (cell - (int)i->thumb.height) / 2,
                 &i->thumb);
    clipped_text(m, x, y + cell + 2, cell, i->text[0], 1, ink);
    clipped_text(m, x, y + cell + LINE + 2, cell, i->text[1], 1, faint);
}

/* Walks over the layout; draws if m is not NULL. Returns the height of the whole sheet. Small
 * sections share a band; otherwise people with one or two faces would make a sheet of one
 * column. */
static uint64_t lay_out(const struct fn_sheet *s, struct fn_image *m, int width)
{
    static const struct fn_rgb ink = {30, 30, 30};
    uint64_t y = GAP, bottom;
    uint32_t left = 0, columns = s->columns, column = 0; /* of the section; column: within it */
    int step = (int)s->cell + GAP, row = (int)s->cell + 2 * LINE + GAP;

    if (m)
        clipped_text(m, GAP, (int)y, width - 2 * GAP, s->title, TITLE_SIZE, ink);
    y += TITLE_LINE;
    bottom = y;                         /* of what is drawn so far */
    uint64_t top = y, band = y, at = y; /* at: the row of the section */
    for (size_t k = 0; k < s->n; k++) {
        const struct item *i = &s->items[k];
        if (i->heading) {
            uint32_t need = section_columns(s, k);
            left = left + columns + need <= s->columns && bottom > top ? left + columns : 0;
            if (left == 0)
                band = bottom;
            columns = need;
            at = band + HEADING_LINE;
            column = 0;
            bottom = at > bottom ? at : bottom;
            if (m)
                clipped_text(m, GAP + (int)left * step, (int)band + 6,
                             (int)columns * step - GAP, i->text[0], 1, ink);
            continue;
        }
        if (column == columns) {
            at += (uint64_t)row;
            column = 0;
        }
        if (m)
            draw_thumb(s, m, i, GAP + (int)(left + column) * step, (int)at);
        column++;
        bottom = at + (uint64_t)row > bottom ? at + (uint64_t)row : bottom;
    }
    return bottom + GAP;
}

int fn_sheet_render(struct fn_sheet *s, struct fn_image *ret)
{
    uint32_t width = GAP + s->columns * (s->cell + GAP);
    uint64_t height = lay_out(s, NULL, (int)width);
    struct fn_image m;

    if (height > HEIGHT_MAX)
        return FN_ELIMIT;
    int rc = fn_image_create(width, (uint32_t)height, &m);
    if (rc < 0)
        return rc;
    memset(m.data, 250, m.stride * m.height);
    (void)lay_out(s, &m, (int)width);
    *ret = m;
    return 0;
}
