/* SPDX-License-Identifier: MIT */
/* What the commands about models share. */
#ifndef FN_CLI_MODELS_H
#define FN_CLI_MODELS_H

#include "cli/program/fnq.h"
#include "engine/model/model.h"
#include "engine/train/train.h"

/* The file of a model, as fn_model_look_up says. 0, or the exit code after having said that
 * there is none. */
FN_NODISCARD int fnq_model_path(struct fnq_ctx *ctx, const char *name, char *out, size_t size);
/* A model file, or the network in a checkpoint of fnq train with its card brought up to date.
 */
struct fnq_model_source {
    struct fn_model *opened;
    struct fn_checkpoint checkpoint;
    struct fn_model model;
};
FN_NODISCARD int fnq_model_open(const char *path, struct fnq_model_source *ret,
                                struct fn_error *err);
void fnq_model_close(struct fnq_model_source *s);

#endif
