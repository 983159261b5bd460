/* SPDX-License-Identifier: MIT */
/* The folders of model files. */
#ifndef FN_CLI_LIBRARY_MODEL_PLACES_H
#define FN_CLI_LIBRARY_MODEL_PLACES_H

#include "cli/library/library.h"

/* The folder of models in effect: the chosen one, else models.dir of the configuration. *ret is
 * NULL for the default folders (engine/base/paths.h). It is valid as long as the handle. */
FN_NODISCARD int fnl_models_dir(struct fn_library *lib, const char **ret, struct fn_error *err);
/* The file of a model (engine/model/look_up.h). FN_ENOTFOUND. */
FN_NODISCARD int fnl_model_find(struct fn_library *lib, const char *name, char *out,
                                size_t size, struct fn_error *err);
/* The folder that new models are written to: the one in effect, else the user's. It is created
 * when it is missing. */
FN_NODISCARD int fnl_model_target(struct fn_library *lib, char *out, size_t size,
                                  struct fn_error *err);

#endif
