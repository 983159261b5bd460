/* SPDX-License-Identifier: MIT */
/* Creating a profile with a custom embedder or detector. */
#ifndef FN_CLI_LIBRARY_MODEL_INSTALL_H
#define FN_CLI_LIBRARY_MODEL_INSTALL_H

#include "cli/library/act.h"
#include "engine/model/model.h"

struct fnl_install {
    const struct fn_model *model; /* an embedder or a detector */
    const char *from;             /* its file, for errors */
    const char *name;             /* of the new profile and its model file */
    const char *base;             /* profile that the other networks and values come from */
};

/* Letters, digits, '-' and '_', 1 to 49 of them. */
bool fnl_profile_name_valid(const char *name);
/* Writes NAME.fnm and NAME.profile into the folder for new models, ret_folder, and copies the
 * other files of the profile from other folders: all files of a profile are in one folder. The
 * thresholds of an embedder are its own. The profile is written
 * last: until then nothing changes for other programs. FNL_TRY: checks only. FN_EUSAGE: the
 * role of the network, or the name, is not valid; FN_EMODEL: it does not run or its conventions
 * are unknown; FN_EREFUSED: an embedder without thresholds (the text has the command that
 * measures them), or another network or profile has this name. */
FN_NODISCARD int fnl_model_install(struct fn_library *lib, enum fnl_mode mode,
                                   const struct fnl_install *what, char ret_folder[FN_PATH_MAX],
                                   struct fn_error *err);

#endif
