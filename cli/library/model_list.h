/* SPDX-License-Identifier: MIT */
/* The models and profiles that are installed. */
#ifndef FN_CLI_LIBRARY_MODEL_LIST_H
#define FN_CLI_LIBRARY_MODEL_LIST_H

#include "cli/library/library.h"
#include "engine/base/hash.h"

struct fnl_model_entry {
    bool profile;        /* else a model file */
    char *name, *path;   /* of a profile without ".profile"; of a model with ".fnm" */
    char what[320];      /* the role of a model, the networks of a profile, or "damaged: ..." */
    uint64_t parameters; /* 0 for a profile or a damaged file */
    char id[FN_H128_HEX], licence[256]; /* "" for the same */
};

struct fnl_models {
    struct fnl_model_entry *m;
    size_t n, cap;
};

/* Lists all of them, folder by folder in the order in which folders are searched, and by name
 * within a folder. A file that cannot be read is listed as damaged. -ENOMEM. */
FN_NODISCARD int fnl_models_list(struct fn_library *lib, struct fnl_models *ret,
                                 struct fn_error *err);
void fnl_models_finish(struct fnl_models *l);

#endif
