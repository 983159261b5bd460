/* SPDX-License-Identifier: MIT */
/* Standard locations: the XDG base directories, and the system directories of a system-wide
 * daemon. All functions write into out (a C string), and return 0, -ENAMETOOLONG, or -ENOENT
 * when neither HOME nor the XDG variable is set. */
#ifndef FN_ENGINE_BASE_PATHS_H
#define FN_ENGINE_BASE_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/error.h"

#define FN_PATH_MAX 4096

FN_NODISCARD int fn_path_join(char *out, size_t size, const char *a, const char *b);
/* Whether path is longer than end and ends in it, such as ".fnm". */
bool fn_path_ends_in(const char *path, const char *end);
/* $XDG_DATA_HOME/facenetd, else ~/.local/share/facenetd */
FN_NODISCARD int fn_path_data(char *out, size_t size);
/* $XDG_CONFIG_HOME/facenetd/facenetd.conf, else ~/.config/... */
FN_NODISCARD int fn_path_config(char *out, size_t size);
/* $XDG_RUNTIME_DIR/facenetd/sock, else DATA/sock. data_dir: that of the index in use, or
 * NULL. */
FN_NODISCARD int fn_path_socket(char *out, size_t size, const char *data_dir);

/* Calls visit for each directory that may contain models, in order: override if not NULL, and
 * nothing else; otherwise DATA/models, those installed with the running program or in its build
 * tree, each $XDG_DATA_DIRS/facenetd/models, and the installed ones. Stops when visit returns
 * non-zero, and returns that. */
int fn_path_each_model_dir(const char *override, int (*visit)(const char *dir, void *ctx),
                           void *ctx);

/* Replaces "~" in "~/x" and "~" by $HOME. Any other path is copied. */
FN_NODISCARD int fn_path_expand(char *out, size_t size, const char *path);

/* The opposite, for people: "~/x" for a path in $HOME, otherwise a copy. Always ended by NUL; a
 * path that does not fit is truncated. */
void fn_path_tilde(char *out, size_t size, const char *path);

#endif
