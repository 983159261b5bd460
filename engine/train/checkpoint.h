/* SPDX-License-Identifier: MIT */
/* Shared by checkpoint.c and options_json.c. */
#ifndef FN_ENGINE_TRAIN_CHECKPOINT_H
#define FN_ENGINE_TRAIN_CHECKPOINT_H

#include <jansson.h>

#include "engine/train/train_priv.h"

json_t *fn_train_opts_json(const struct fn_train_opts *o); /* NULL: out of memory */
FN_NODISCARD int fn_train_opts_parse(const json_t *j, struct fn_train_opts *ret,
                                     struct fn_error *err);
/* The first option that affects the bits and differs. NULL: none. */
const char *fn_train_opts_differ(const struct fn_train_opts *a, const struct fn_train_opts *b);

#endif
