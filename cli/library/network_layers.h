/* SPDX-License-Identifier: MIT */
/* A network with its table of layers: from a model file, or a built-in architecture. */
#ifndef FN_CLI_LIBRARY_NETWORK_LAYERS_H
#define FN_CLI_LIBRARY_NETWORK_LAYERS_H

#include "cli/library/library.h"
#include "engine/model/arch.h"
#include "engine/model/layer_table.h"
#include "engine/model/model.h"

struct fnl_layers {
    const struct fn_arch *arch; /* a built-in architecture, without weights; else NULL */
    struct fn_model *model;     /* else a model file */
    char path[FN_PATH_MAX];     /* of the model file; "" for an architecture */
    uint32_t height, width;     /* of the input */
    struct fn_layer_table table;
    struct fn_graph_builder *builder; /* of an architecture */
    struct fn_graph graph;            /* of an architecture */
};

/* name: an architecture, unless there is a file of that name; else a file or an installed model
 * (fnl_model_find). FN_ENOTFOUND, FN_EMODEL. The caller finishes it; it must not be moved. */
FN_NODISCARD int fnl_layers_open(struct fn_library *lib, const char *name,
                                 struct fnl_layers *ret, struct fn_error *err);
void fnl_layers_finish(struct fnl_layers *n);

#endif
