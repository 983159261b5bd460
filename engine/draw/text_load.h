/* SPDX-License-Identifier: MIT */
/* Finds and loads the module that draws text. */
#ifndef FN_ENGINE_DRAW_TEXT_LOAD_H
#define FN_ENGINE_DRAW_TEXT_LOAD_H

#include "engine/draw/text_module.h"

/* *ret is valid as long as the program runs. FN_EUNSUPPORTED, with what to install. */
FN_NODISCARD int fn_text_load(const struct fn_text_module **ret, struct fn_error *err);

#endif
