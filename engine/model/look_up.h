/* SPDX-License-Identifier: MIT */
/* From the name of a model or a profile to its file. models_dir: the configured folder of
 * models, or NULL for the usual folders (engine/base/paths.h). */
#ifndef FN_ENGINE_MODEL_LOOK_UP_H
#define FN_ENGINE_MODEL_LOOK_UP_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/error.h"

/* The file of a model: name itself if it has a slash or exists, otherwise NAME or NAME.fnm in
 * the folders of models. False if there is none, or out is too small. */
bool fn_model_look_up(const char *models_dir, const char *name, char *out, size_t size);
/* Whether name is that of a file by its form: it has a slash or ends in .fnm. */
bool fn_model_is_path(const char *name);
/* Letters, digits, '-', '_' and '.' (not first), below size: a name that cannot leave its
 * folder. */
bool fn_plain_name(const char *s, size_t size);
/* The folder that has NAME.profile. FN_EUSAGE if name cannot be that of a profile,
 * FN_ENOTFOUND. */
FN_NODISCARD int fn_profile_look_up(const char *models_dir, const char *name, char *out,
                                    size_t size, struct fn_error *err);

#endif
