/* SPDX-License-Identifier: MIT */
#include "cli/library/network_layers.h"

#include "cli/library/model_places.h"
#include "engine/base/file.h"

static int make_table(struct fnl_layers *n, const struct fn_graph *g, struct fn_error *err)
{
    const uint32_t *in = g->values[g->inputs[0]].dims;
    n->height = n->height ? n->height : in[2];
    n->width = n->width ? n->width : in[3];
    return fn_layer_table_init(&n->table, g, n->height, n->width, err);
}

static int open_arch(struct fnl_layers *n, struct fn_error *err)
{
    int rc = fn_arch_shapes(n->arch, 0, &n->builder, &n->graph, err);
    return rc ? rc : make_table(n, &n->graph, err);
}

static int open_file(struct fnl_layers *n, struct fn_error *err)
{
    int rc = fn_model_open(n->path, &n->model, err);
    if (rc)
        return rc;
    n->height = n->model->pre.height;
    n->width = n->model->pre.width;
    return make_table(n, &n->model->graph, err);
}

int fnl_layers_open(struct fn_library *lib, const char *name, struct fnl_layers *ret,
                    struct fn_error *err)
{
    *ret = (struct fnl_layers){0};
    ret->arch = fn_file_exists(name) ? NULL : fn_arch_find(name);
    int rc = ret->arch ? 0 : fnl_model_find(lib, name, ret->path, sizeof ret->path, err);
    rc = rc ? rc : ret->arch ? open_arch(ret, err) : open_file(ret, err);
    if (rc)
        fnl_layers_finish(ret);
    return rc;
}

void fnl_layers_finish(struct fnl_layers *n)
{
    fn_layer_table_finish(&n->table);
    fn_graph_builder_destroy(n->builder);
    fn_model_destroy(n->model);
    *n = (struct fnl_layers){0};
}
