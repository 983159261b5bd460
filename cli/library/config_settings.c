/* SPDX-License-Identifier: MIT */
#include "cli/library/config_settings.h"

#include <libgen.h>
#include <stdio.h>

#include "engine/base/file.h"

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
