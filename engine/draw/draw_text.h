/* SPDX-License-Identifier: MIT */
/* Text in pictures: any script, right-to-left, colour emoji. Fonts are found by Fontconfig,
 * texts laid out by Pango and drawn by Cairo, which are loaded by fn_text_open.
 *
 * Any bytes may be given: control characters and bytes that are not UTF-8 are shown as \xNN,
 * markup is not interpreted, and nothing is drawn outside the line. A character that no font
 * has is never shown as an empty box: it is written as U+XXXX, or the text is replaced by
 * another one, and fn_text_missing says which fonts to install. */
#ifndef FN_ENGINE_DRAW_DRAW_TEXT_H
#define FN_ENGINE_DRAW_DRAW_TEXT_H

#include "engine/draw/draw.h"

struct fn_text; /* the fonts; for one thread at a time */

/* FN_EUNSUPPORTED, with what to install, when there is no font or no Pango. */
FN_NODISCARD int fn_text_open(struct fn_text **ret, struct fn_error *err);
void fn_text_close(struct fn_text *t); /* NULL-safe */

enum fn_text_cut {
    FN_TEXT_END,   /* a text that is too long loses its end */
    FN_TEXT_MIDDLE /* or its middle: a file name keeps its ending */
};
enum fn_text_side { FN_TEXT_LEFT, FN_TEXT_CENTRE, FN_TEXT_RIGHT };
struct fn_text_style {
    double px; /* size of the font */
    bool bold;
    enum fn_text_cut cut;
    enum fn_text_side side; /* of the width of the line */
    struct fn_rgb colour;
};

/* Height of one line in pixels. */
int fn_text_height(double px);
/* Width in pixels of the text as fn_text_draw draws it when there is room for all of it. */
int fn_text_width(struct fn_text *t, const struct fn_text_style *s, const char *text,
                  const char *instead);
/* Draws one line into width x fn_text_height pixels at (x, y), which may reach beyond the
 * picture. instead: what to draw if a letter has no font, such as an id; NULL: the same text
 * with U+XXXX for each such letter. */
void fn_text_draw(struct fn_text *t, struct fn_image *m, int x, int y, int width,
                  const struct fn_text_style *s, const char *text, const char *instead);

/* Whether memory was out in any call since fn_text_open: something was not drawn. */
bool fn_text_failed(const struct fn_text *t);
/* What had no font since fn_text_open: "no installed font has: Arabic; for these, install
 * fonts-noto-core". "" if there was nothing. Valid until the next call. */
const char *fn_text_missing(struct fn_text *t);

#endif
