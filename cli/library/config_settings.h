/* SPDX-License-Identifier: MIT */
/* How a setting in the configuration file is changed. library.h has its path and its values. */
#ifndef FN_CLI_LIBRARY_CONFIG_SETTINGS_H
#define FN_CLI_LIBRARY_CONFIG_SETTINGS_H

#include "cli/library/act.h"

/* Sets key ("section.name") to value in the configuration file. The file and its folder are
 * created when they are missing; comments are retained. FNL_TRY: checks key and value, changes
 * nothing. FN_ENOTFOUND: there is no such key; FN_EUSAGE: the value is not valid. A handle that
 * has already read the configuration retains the values it has read. */
FN_NODISCARD int fnl_config_change(struct fn_library *lib, enum fnl_mode mode, const char *key,
                                   const char *value, struct fn_error *err);

#endif
