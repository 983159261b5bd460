/* SPDX-License-Identifier: MIT */
/* Decides by name or first bytes which files are photos of the library, and whether the index
 * has them. Called on reader threads. */
#ifndef FN_INDEX_CANDIDATE_H
#define FN_INDEX_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "index/intake/rules.h"
#include "index/records/photos.h"

enum fn_name_kind {
    FN_NAME_IMAGE,   /* the extension of a picture: a candidate */
    FN_NAME_UNKNOWN, /* the first bytes decide */
    FN_NAME_OTHER,   /* certainly not a candidate */
};
enum fn_name_kind fn_name_kind(const char *name);

/* Does this file belong to the library? It must be regular, not excluded, a picture by name or
 * first bytes, and not a part or kept copy of a file beside it (partial.h). */
bool fn_is_candidate(const struct fn_rules *rules, const char *root, const char *rel,
                     const struct stat *st);
/* Does the index have this path with this size and time? */
bool fn_file_is_known(struct fn_txn *t, fn_root_id root, const char *rel,
                      const struct stat *st);
int64_t fn_mtime_ns(const struct stat *st);
/* When the file or its inode was changed last; unlike the time above, no program can set it. */
int64_t fn_ctime_ns(const struct stat *st);

#endif
