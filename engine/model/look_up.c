/* SPDX-License-Identifier: MIT */
/* See look_up.h. */
#include "engine/model/look_up.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"

struct search {
    const char *file;
    char *out;
    size_t size;
    bool folder; /* the folder is requested, not the file */
};

static int visit(const char *dir, void *arg)
{
    const struct search *s = arg;
    char path[FN_PATH_MAX];
    if (fn_path_join(path, sizeof path, dir, s->file) || !fn_file_exists(path))
        return 0;
    return (size_t)snprintf(s->out, s->size, "%s", s->folder ? dir : path) < s->size;
}

bool fn_model_is_path(const char *name)
{
    return strchr(name, '/') || fn_path_ends_in(name, ".fnm");
}

bool fn_model_look_up(const char *models_dir, const char *name, char *out, size_t size)
{
    char file[FN_PATH_MAX];
    if (strchr(name, '/') || fn_file_exists(name))
        return (size_t)snprintf(out, size, "%s", name) < size;
    if (snprintf(file, sizeof file, "%s%s", name,
                 fn_path_ends_in(name, ".fnm") ? "" : ".fnm") >= (int)sizeof file)
        return false;
    struct search s = {file, out, size, false};
    return fn_path_each_model_dir(models_dir, visit, &s) == 1;
}

bool fn_plain_name(const char *s, size_t size)
{
    size_t n = strlen(s);
    return n > 0 && n < size && s[0] != '.' &&
           strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == n;
}

int fn_profile_look_up(const char *models_dir, const char *name, char *out, size_t size,
                       struct fn_error *err)
{
    char file[80];
    if (!fn_plain_name(name, 64))
        return fn_error_set(err, FN_EUSAGE, "\"%.80s\" is not a profile name", name);
    (void)snprintf(file, sizeof file, "%.63s.profile", name);
    struct search s = {file, out, size, true};
    if (fn_path_each_model_dir(models_dir, visit, &s) == 1)
        return 0;
    if (models_dir)
        return fn_error_set(err, FN_ENOTFOUND, "no profile \"%s\" in %s", name, models_dir);
    if (strcmp(name, "default") == 0)
        return fn_error_set(err, FN_ENOTFOUND,
                            "no models are installed. Get them: scripts/fetch-models in the "
                            "folder of the sources, or the package facenetd-models");
    return fn_error_set(
        err, FN_ENOTFOUND,
        "no profile \"%s\" in any folder of models. All of them: fnq model list", name);
}
