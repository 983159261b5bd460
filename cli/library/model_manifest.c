/* SPDX-License-Identifier: MIT */
#include "cli/library/model_manifest.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"

static int read_next_to(const char *manifest, const char *file, struct fn_buf *weights,
                        struct fn_error *err)
{
    char path[FN_PATH_MAX];
    const char *slash = strrchr(manifest, '/');
    int folder = slash ? (int)(slash - manifest + 1) : 0;
    if (!file || strchr(file, '/') ||
        snprintf(path, sizeof path, "%.*s%s", folder, manifest, file) >= (int)sizeof path)
        return fn_error_set(err, FN_EMODEL, "%s: names a file outside its folder", manifest);
    return fn_file_read(path, weights, err);
}

int fnl_manifest_weights(const char *file, const struct fn_buf *text, struct fn_buf *weights,
                         struct fn_error *err)
{
    size_t g, i;
    const json_t *group, *name;
    json_t *root = json_loadb(text->data, text->len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *groups =
        json_is_object(root) ? json_object_get(root, "weightsManifest") : root;
    int rc = json_is_array(groups)
                 ? 0
                 : fn_error_set(err, FN_EMODEL, "%s: not a weight manifest", file);
    json_array_foreach(groups, g, group)
    {
        json_array_foreach(json_object_get(group, "paths"), i, name)
        {
            rc = rc ? rc : read_next_to(file, json_string_value(name), weights, err);
        }
    }
    json_decref(root);
    return rc;
}
