/* SPDX-License-Identifier: MIT */
#include "cli/library/config_settings.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/library/root_facts.h"
#include "engine/base/file.h"
#include "engine/model/profile.h"

/* Checks whether value is valid for key. An existing file must have no mistakes, either. */
static int check(struct fn_library *lib, const char *path, const char *key, const char *value,
                 struct fn_error *err)
{
    struct fn_config_file *scratch = NULL;
    const struct fn_config *now = NULL;
    struct fn_buf built_in;
    int rc = fn_file_exists(path) ? fnl_config(lib, &now, err) : 0;
    fn_buf_init(&built_in, 1 << 16);
    rc = rc ? rc : fn_config_create(&scratch, err);
    rc = rc ? rc : fn_config_get_text(scratch, key, &built_in, err);
    rc = rc ? rc : fn_config_set(scratch, key, value, FN_ORIGIN_COMMAND_LINE, err);
    fn_config_destroy(scratch);
    fn_buf_finish(&built_in);
    return rc;
}

int fnl_config_change(struct fn_library *lib, enum fnl_mode mode, const char *key,
                      const char *value, struct fn_error *err)
{
    char path[FN_PATH_MAX], folder[FN_PATH_MAX];
    int rc = fnl_config_path(lib, path, sizeof path, err);
    if (rc)
        return rc;
    if (mode == FNL_TRY)
        return check(lib, path, key, value, err);
    (void)snprintf(folder, sizeof folder, "%s", path);
    rc = fn_mkdirs(dirname(folder), 0700, err);
    return rc ? rc : fn_config_edit(path, key, value, err);
}

/* ---- does the value work? ---- */

static int check_folder(struct fn_library *lib, const char *key, const char *value,
                        char out[FN_PATH_MAX], struct fn_error *err)
{
    const struct fn_places *places = NULL;
    struct stat st;
    char path[FN_PATH_MAX];
    int rc = fn_path_expand(path, sizeof path, value);
    if (rc)
        return fn_error_set(err, rc, "%s: %s: %s", key, value, fn_strerror(rc));
    char *real = realpath(path, NULL);
    if (!real)
        return fn_error_set(err, -errno, "%s: %s: %s", key, value,
                            errno == ENOENT ? "no such folder" : fn_strerror(-errno));
    int n = snprintf(out, FN_PATH_MAX, "%s", real);
    free(real);
    if (n >= FN_PATH_MAX)
        return fn_error_set(err, -ENAMETOOLONG, "%s: the name is too long", key);
    if (stat(out, &st) || !S_ISDIR(st.st_mode))
        return fn_error_set(err, -ENOTDIR, "%s: %s is a file, not a folder", key, value);
    rc = fnl_places_get(lib, &places, err);
    real = rc ? NULL : realpath(places->index_dir, NULL);
    if (real && fnl_is_below(real, out))
        rc =
            fn_error_set(err, FN_EUSAGE, "%s: %s is inside the index (%s). Name another folder",
                         key, value, real);
    free(real);
    return rc;
}

int fnl_config_check(struct fn_library *lib, const char *key, const char *value,
                     char out[FN_PATH_MAX], struct fn_error *err)
{
    char path[FN_PATH_MAX];
    struct fn_profile_values values;
    const struct fn_config *cfg = NULL;
    int rc = fnl_config_path(lib, path, sizeof path, err);
    rc = rc ? rc : check(lib, path, key, value, err);
    if (!rc && snprintf(out, FN_PATH_MAX, "%s", value) >= FN_PATH_MAX)
        rc = fn_error_set(err, FN_EUSAGE, "%s: the value is too long", key);
    if (rc || !*value)
        return rc;
    if (strcmp(key, "library.root") == 0 || strcmp(key, "models.dir") == 0)
        return check_folder(lib, key, value, out, err);
    if (strcmp(key, "models.profile") != 0)
        return 0;
    rc = fnl_config(lib, &cfg, err);
    return rc ? rc
              : fn_profile_read_values(fn_config_models_dir(cfg, fnl_choice_of(lib)->models),
                                       value, &values, err);
}
