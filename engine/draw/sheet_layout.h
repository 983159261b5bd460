/* SPDX-License-Identifier: MIT */
/* Where the parts of a contact sheet are: a pure function of their kinds. All in pixels. */
#ifndef FN_ENGINE_DRAW_SHEET_LAYOUT_H
#define FN_ENGINE_DRAW_SHEET_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

enum {
    FN_SHEET_MARGIN = 28,
    FN_SHEET_GAP = 16,        /* between cells */
    FN_SHEET_CAPTION = 44,    /* below a picture: two lines */
    FN_SHEET_HEADING = 66,    /* a rule, a line and a note */
    FN_SHEET_TITLE = 56,      /* on each page */
    FN_SHEET_PAGE_MAX = 2200, /* height of a page */
};

struct fn_sheet_part {
    size_t item;      /* index into the kinds */
    uint32_t page;    /* from 0 */
    uint32_t x, y;    /* top left */
    uint32_t columns; /* heading: cells below it */
    bool continued;   /* a heading repeated on a later page */
};
struct fn_sheet_layout {
    struct fn_sheet_part *parts;
    size_t n, cap;
    uint32_t pages, width;
    uint32_t *height; /* of each page */
};

/* headings[i]: item i is a heading, otherwise it takes a cell. Sections of at most one row
 * share a band; otherwise people with one or two faces would make a sheet of one column. 0 or
 * -ENOMEM. */
FN_NODISCARD int fn_sheet_lay_out(const bool *headings, size_t n, uint32_t cell,
                                  uint32_t columns, struct fn_sheet_layout *ret);
void fn_sheet_layout_finish(struct fn_sheet_layout *l);

#endif
