/* SPDX-License-Identifier: MIT */
/* Between engine/draw/draw_text.c and the module fnq-text.so, which alone is linked with Pango
 * and Cairo. Loading those takes longer than most commands of fnq, so they are loaded with the
 * first text that is drawn. The module is installed with the program, and is refused when its
 * version is another one. */
#ifndef FN_ENGINE_DRAW_TEXT_MODULE_H
#define FN_ENGINE_DRAW_TEXT_MODULE_H

#include "engine/draw/draw.h"

enum { FN_TEXT_MODULE_VERSION = 1, FN_TEXT_GAPS_MAX = 16 };
#define FN_TEXT_MODULE_SYMBOL "fn_text_module"

/* A code point that no font has, and its script: four letters of ISO 15924. */
struct fn_text_gap {
    uint32_t code;
    char script[5];
};

/* One line of text. */
struct fn_text_line {
    const char *utf8; /* valid, without control characters, never markup */
    double px;        /* size of the font */
    bool bold, cut_middle;
    int width; /* the text is cut to this many pixels, with an ellipsis; 0: not cut */
    struct fn_rgb colour;
    struct fn_image *image; /* NULL: the text is measured, not drawn */
    int x, y, height;       /* nothing is drawn outside of width x height pixels at x, y; both
                               are needed with an image */
};
struct fn_text_laid {
    int width; /* of the text, in pixels */
    size_t n_gaps;
    struct fn_text_gap gaps[FN_TEXT_GAPS_MAX]; /* if there is one, nothing was drawn */
};

struct fn_text_module {
    int version;
    /* NULL when no font is installed, or memory is out. */
    void *(*open)(void);
    void (*close)(void *fonts);
    /* 0 or -ENOMEM. */
    int (*line)(void *fonts, const struct fn_text_line *l, struct fn_text_laid *ret);
};

#endif
