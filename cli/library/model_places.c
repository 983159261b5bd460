/* SPDX-License-Identifier: MIT */
#include "cli/library/model_places.h"

#include "engine/base/file.h"
#include "engine/model/look_up.h"

int fnl_models_dir(struct fn_library *lib, const char **ret, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    int rc = fnl_config(lib, &c, err);
    if (!rc)
        *ret = fn_config_models_dir(c, fnl_choice_of(lib)->models);
    return rc;
}

int fnl_model_find(struct fn_library *lib, const char *name, char *out, size_t size,
                   struct fn_error *err)
{
    const char *dir = NULL;
    int rc = fnl_models_dir(lib, &dir, err);
    if (rc || fn_model_look_up(dir, name, out, size))
        return rc;
    return fn_error_set(err, FN_ENOTFOUND,
                        "there is no model '%s'. All of them: fnq model list", name);
}

static int user_models(char *out, size_t size)
{
    char data[FN_PATH_MAX];
    int rc = fn_path_data(data, sizeof data);
    return rc ? rc : fn_path_join(out, size, data, "models");
}

int fnl_model_target(struct fn_library *lib, char *out, size_t size, struct fn_error *err)
{
    const char *dir = NULL;
    int rc = fnl_models_dir(lib, &dir, err);
    if (rc)
        return rc;
    rc = dir ? fn_path_expand(out, size, dir) : user_models(out, size);
    if (rc)
        return fn_error_set(err, rc, "cannot find the folder for models: %s", fn_strerror(rc));
    return fn_mkdirs(out, 0755, err);
}
