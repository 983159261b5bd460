/* SPDX-License-Identifier: MIT */
/* Values that every part of the daemon may read. The loop owns the struct. A reload replaces
 * cfg and rules, so only the loop's thread reads these two: values that another thread needs
 * are copied into its task. The other members do not change. */
#ifndef FN_DAEMON_SETTINGS_H
#define FN_DAEMON_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/config.h"
#include "engine/model/profile.h"

struct fn_rules;

struct fnd_settings {
    const struct fn_config *cfg;
    struct fn_rules *rules; /* what is excluded from the library */
    struct fn_profile_values profile;
    bool once;
    uint64_t workers;   /* of the command line; 0: as configured */
    const char *models; /* of the command line, or NULL */
    const char *index_dir;
    uint64_t index_dev, index_ino;
};

#endif
