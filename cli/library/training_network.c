/* SPDX-License-Identifier: MIT */
/* The initial network of a training run; see training.h. */
#include <errno.h>

#include "cli/library/training.h"
#include "engine/base/file.h"
#include "engine/model/look_up.h"
#include "engine/train/trained_model.h"

static int open_model(struct fn_library *lib, const char *name, struct fn_model **ret,
                      struct fn_error *err)
{
    const struct fn_config *c = NULL;
    char path[FN_PATH_MAX];
    int rc = fnl_config(lib, &c, err);
    if (rc)
        return rc;
    const char *dir = fn_config_models_dir(c, fnl_choice_of(lib)->models);
    if (fn_model_look_up(dir, name, path, sizeof path) && fn_file_exists(path))
        return fn_model_open(path, ret, err);
    return fn_error_set(
        err, -ENOENT,
        "'%s' is no built-in network (fnq help model show), no file and no installed model",
        name);
}

int fnl_training_network_open(struct fn_library *lib, const char *name, uint64_t dim,
                              uint64_t seed, struct fnl_network *ret, struct fn_error *err)
{
    const struct fn_arch *a = fn_arch_find(name);
    int rc;
    if (!a) {
        rc = open_model(lib, name, &ret->opened, err);
        ret->model = ret->opened;
        if (rc == 0 && ret->opened->role != FN_ROLE_EMBEDDER)
            rc = fn_error_set(err, FN_EUSAGE, "'%s' is a %s, not an embedder", name,
                              fn_role_name(ret->opened->role));
        return rc;
    }
    rc = fn_arch_build(a, (uint32_t)dim, seed, &ret->builder, &ret->made.graph, err);
    if (rc == 0)
        fn_trained_describe(&ret->made, a);
    ret->model = &ret->made;
    return rc;
}

void fnl_network_close(struct fnl_network *n)
{
    fn_model_destroy(n->opened);
    fn_graph_builder_destroy(n->builder);
    *n = (struct fnl_network){0};
}
