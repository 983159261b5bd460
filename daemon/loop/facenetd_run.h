/* SPDX-License-Identifier: MIT */
/* facenetd without its options: what it is told, and its run. */
#ifndef FN_DAEMON_FACENETD_RUN_H
#define FN_DAEMON_FACENETD_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/config.h"
#include "engine/base/paths.h"
#include "engine/model/profile.h"

struct fnd_setup {
    bool once, no_progress;
    uint64_t workers; /* 0: as configured */
    char *const *dirs;
    size_t n_dirs;
    /* Where the configuration comes from; read again in a reload. */
    const char *config, *models, *profile; /* of the command line, or NULL */
    char config_path[FN_PATH_MAX];         /* "": none */
    /* Where things are. */
    char index_dir[FN_PATH_MAX], labels_log[FN_PATH_MAX], socket_path[FN_PATH_MAX];
    struct fn_profile_values values;
};

/* The file, then the command line. */
FN_NODISCARD int fnd_config_load(const struct fnd_setup *s, struct fn_config_file **ret,
                                 struct fn_error *err);
/* Runs until it is told to stop, or, once, until all is indexed. Takes over config. The exit
 * code. s outlives the run. */
int fnd_run(const struct fnd_setup *s, struct fn_config_file *config);

#endif
