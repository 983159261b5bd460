/* SPDX-License-Identifier: MIT */
/* What the commands about models share. */
#ifndef FN_CLI_MODELS_H
#define FN_CLI_MODELS_H

#include "cli/program/fnq.h"
#include "engine/model/model.h"
#include "engine/train/train.h"

bool fnq_ends_in(const char *s, const char *end);
uint64_t fnq_model_parameters(const struct fn_graph *g);
/* The file of a model: name itself where it has a slash or exists, else NAME or NAME.fnm in the
 * folders of models. False when there is none. */
bool fnq_model_path(const struct fnq_ctx *ctx, const char *name, char *out, size_t size);
/* Where models are put: --models, else models.dir of the configuration, else the user's; made
 * when it is not there. */
FN_NODISCARD int fnq_model_target(struct fnq_ctx *ctx, char *out, size_t size,
                                  struct fn_error *err);
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
/* Says that there is no such model; gives the exit code. */
FN_NODISCARD int fnq_no_model(const char *name);

#endif
