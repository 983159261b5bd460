/* What the commands about models share. */
#ifndef FN_CLI_MODELS_H
#define FN_CLI_MODELS_H

#include "cli/fnq.h"
#include "engine/model/model.h"

bool fnq_ends_in(const char *s, const char *end);
uint64_t fnq_model_parameters(const struct fn_graph *g);
/* The file of a model: name itself where it has a slash or exists, else NAME or NAME.fnm in the folders of models.
 * False when there is none. */
bool fnq_model_path(const struct fnq_ctx *ctx, const char *name, char *out, size_t size);
/* Says that there is no such model; gives the exit code. */
FN_NODISCARD int fnq_no_model(const char *name);

#endif
