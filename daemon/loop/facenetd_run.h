/* SPDX-License-Identifier: MIT */
/* facenetd without the parsing of options: its settings, and its run. */
#ifndef FN_DAEMON_FACENETD_RUN_H
#define FN_DAEMON_FACENETD_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/config.h"
#include "engine/base/paths.h"
#include "engine/model/profile.h"
#include "index/store/places.h"

struct fnd_setup {
    bool once, no_progress;
    uint64_t workers; /* 0: as configured */
    char *const *dirs;
    size_t n_dirs;
    /* Sources of the configuration; read again in a reload. */
    const char *config, *models, *profile; /* of the command line, or NULL */
    char config_path[FN_PATH_MAX];         /* "": none */
    struct fn_places places;
    struct fn_profile_values values;
};

/* Reads the file, then applies the command line. */
FN_NODISCARD int fnd_config_load(const struct fnd_setup *s, struct fn_config_file **ret,
                                 struct fn_error *err);
/* Runs until it is told to stop or, with once, until all is indexed. Takes ownership of config.
 * Returns the exit code. s outlives the run. */
int fnd_run(const struct fnd_setup *s, struct fn_config_file *config);

#endif
