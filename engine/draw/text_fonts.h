/* SPDX-License-Identifier: MIT */
/* Which Debian package has a font for a letter. */
#ifndef FN_ENGINE_DRAW_TEXT_FONTS_H
#define FN_ENGINE_DRAW_TEXT_FONTS_H

#include "engine/draw/text_module.h"

/* A set of kinds of letters. */
struct fn_text_kinds {
    uint64_t bits;
};
void fn_text_kinds_add(struct fn_text_kinds *k, const struct fn_text_gap *g);
/* "no installed font has: Arabic, Chinese; for these, install fonts-noto-core, fonts-noto-cjk";
 * "" for an empty set. */
void fn_text_kinds_say(const struct fn_text_kinds *k, char *out, size_t size);

#endif
