/* SPDX-License-Identifier: MIT */
/* Reading a model: a model file, or the network in a checkpoint of a training run, with its
 * model card brought up to date. */
#ifndef FN_CLI_LIBRARY_MODEL_SOURCE_H
#define FN_CLI_LIBRARY_MODEL_SOURCE_H

#include "cli/library/library.h"
#include "engine/model/model.h"
#include "engine/train/train.h"

struct fnl_model_source {
    char path[FN_PATH_MAX];
    struct fn_model model; /* points into the two members below */
    struct fn_model *opened;
    struct fn_checkpoint checkpoint;
};

/* name: as for fnl_model_find. FN_ENOTFOUND, FN_EMODEL, FN_ECORRUPT, -errno; *ret can be closed
 * even then. */
FN_NODISCARD int fnl_model_open(struct fn_library *lib, const char *name,
                                struct fnl_model_source *ret, struct fn_error *err);
void fnl_model_close(struct fnl_model_source *s);

#endif
