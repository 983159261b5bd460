/* SPDX-License-Identifier: MIT */
/* Which files are photos of the library, by name or first bytes, and whether the index knows
 * them. Reader threads. */
#ifndef FN_INDEX_CANDIDATE_H
#define FN_INDEX_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "index/intake/rules.h"
#include "index/records/photos.h"

enum fn_name_kind {
    FN_NAME_IMAGE,   /* an image's extension: a candidate */
    FN_NAME_UNKNOWN, /* look at the first bytes */
    FN_NAME_OTHER,   /* surely no candidate */
};
enum fn_name_kind fn_name_kind(const char *name);

/* Is this file of the library? Regular, not left out, and an image by name or first bytes. */
bool fn_is_candidate(const struct fn_rules *rules, const char *root, const char *rel,
                     const struct stat *st);
/* Does the index know this path with this size and time? */
bool fn_file_is_known(struct fn_txn *t, fn_root_id root, const char *rel,
                      const struct stat *st);
int64_t fn_mtime_ns(const struct stat *st);

#endif
