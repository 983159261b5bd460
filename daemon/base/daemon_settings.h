/* SPDX-License-Identifier: MIT */
/* What every part of the daemon may read: values, no parts. The loop owns the struct and
 * replaces cfg and rules in a reload; only its thread reads it. What another thread needs is
 * copied into the task it is given. */
#ifndef FN_DAEMON_SETTINGS_H
#define FN_DAEMON_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/config.h"
#include "engine/model/profile.h"

struct fnd_rules;

struct fnd_settings {
    const struct fn_config *cfg;
    struct fnd_rules *rules; /* what is left out of the library */
    struct fn_profile_values profile;
    bool once;
    uint64_t workers;   /* of the command line; 0: as configured */
    const char *models; /* of the command line, or NULL */
    const char *index_dir;
    uint64_t index_dev, index_ino;
};

#endif
