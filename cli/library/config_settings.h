/* SPDX-License-Identifier: MIT */
/* How a setting in the configuration file is changed. library.h has its path and its values. */
#ifndef FN_CLI_LIBRARY_CONFIG_SETTINGS_H
#define FN_CLI_LIBRARY_CONFIG_SETTINGS_H

#include "cli/library/act.h"
#include "engine/base/paths.h"

/* Sets key ("section.name") to value in the configuration file. The file and its folder are
 * created when they are missing; comments are retained. FNL_TRY: checks key and value, changes
 * nothing. FN_ENOTFOUND: there is no such key; FN_EUSAGE: the value is not valid. A handle that
 * has already read the configuration retains the values it has read. */
FN_NODISCARD int fnl_config_change(struct fn_library *lib, enum fnl_mode mode, const char *key,
                                   const char *value, struct fn_error *err);

/* Is value useful now? A folder has to exist and to be outside the index, and a profile has to
 * be there. *out: the value to store: a folder is made absolute. FN_ENOTFOUND: there is no such
 * key; FN_EUSAGE: the value is not valid, or can never work (a folder inside the index);
 * -ENOENT, -ENOTDIR, FN_EMODEL: it would not work now. */
FN_NODISCARD int fnl_config_check(struct fn_library *lib, const char *key, const char *value,
                                  char out[FN_PATH_MAX], struct fn_error *err);

#endif
