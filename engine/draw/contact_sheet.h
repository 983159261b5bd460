/* SPDX-License-Identifier: MIT */
/* Contact sheets: small pictures in a grid, with captions, in sections with headings, on one
 * page or more. Add in order, then render the pages. Strings are copied; draw_text.h says what
 * may be in them. */
#ifndef FN_ENGINE_DRAW_CONTACT_SHEET_H
#define FN_ENGINE_DRAW_CONTACT_SHEET_H

#include "engine/draw/draw_text.h"

struct fn_sheet;
struct fn_sheet *fn_sheet_create(const char *title, uint32_t cell_px,
                                 uint32_t columns); /* NULL: out of memory */
void fn_sheet_destroy(struct fn_sheet *s);          /* NULL-safe */

/* Starts a new section. note: a second, fainter line, or NULL. instead: see fn_text_draw. 0 or
 * -ENOMEM. */
FN_NODISCARD int fn_sheet_heading(struct fn_sheet *s, const char *text, const char *instead,
                                  const char *note);
/* A picture, scaled to fit into cell x cell, with two lines below; either may be NULL. name:
 * the first line, with what to draw instead; file: the second, which is cut in its middle. 0 or
 * -ENOMEM. */
FN_NODISCARD int fn_sheet_add(struct fn_sheet *s, const struct fn_image *thumb,
                              const char *name, const char *instead, const char *file);
/* A cell with a text in the place of a picture: "and 212 more". 0 or -ENOMEM. */
FN_NODISCARD int fn_sheet_more(struct fn_sheet *s, const char *text);

/* Lays out what was added. *ret: number of pages, at least 1. 0 or -ENOMEM. */
FN_NODISCARD int fn_sheet_pages(struct fn_sheet *s, uint32_t *ret);
/* Draws a page, counted from 0, after fn_sheet_pages. 0 or -ENOMEM. */
FN_NODISCARD int fn_sheet_render(const struct fn_sheet *s, struct fn_text *t, uint32_t page,
                                 struct fn_image *ret);

#endif
