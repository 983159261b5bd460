/* SPDX-License-Identifier: MIT */
/* What the index and the configuration have about a folder: for a program that is about to add
 * it to the roots, or to remove it. */
#ifndef FN_CLI_LIBRARY_ROOT_FACTS_H
#define FN_CLI_LIBRARY_ROOT_FACTS_H

#include "cli/library/library.h"
#include "engine/base/paths.h"

struct fnl_root_facts {
    char path[FN_PATH_MAX];  /* absolute */
    char outer[FN_PATH_MAX]; /* the root that the folder is below; "": none */
    char inner[FN_PATH_MAX]; /* a root below the folder; "": none */
    uint64_t photos;         /* its files in the index, when it is a root */
    bool is_root;
    bool configured; /* it is in library.root: facenetd adds it when it starts */
};

/* path: as of fnl_root_path. Without an index nothing is known, and 0 is returned. -errno,
 * FN_ECORRUPT, and the errors of reading the configuration. */
FN_NODISCARD int fnl_root_facts(struct fn_library *lib, const char *path,
                                struct fnl_root_facts *ret, struct fn_error *err);
/* Is path equal to folder, or below it? Both absolute. */
bool fnl_is_below(const char *folder, const char *path);

#endif
