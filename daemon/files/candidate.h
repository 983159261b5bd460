/* SPDX-License-Identifier: MIT */
/* Which files are photos of the library, by name or first bytes, and whether the index knows
 * them. Reader threads. */
#ifndef FN_DAEMON_CANDIDATE_H
#define FN_DAEMON_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "daemon/files/rules.h"
#include "index/records/photos.h"

enum fnd_name_kind {
    FND_NAME_IMAGE,   /* an image's extension: a candidate */
    FND_NAME_UNKNOWN, /* look at the first bytes */
    FND_NAME_OTHER,   /* surely no candidate */
};
enum fnd_name_kind fnd_name_kind(const char *name);

/* Is this file of the library? Regular, not left out, and an image by name or first bytes. */
bool fnd_is_candidate(const struct fnd_rules *rules, const char *root, const char *rel,
                      const struct stat *st);
/* Does the index know this path with this size and time? */
bool fnd_is_known(struct fn_txn *t, fn_root_id root, const char *rel, const struct stat *st);
int64_t fnd_mtime_ns(const struct stat *st);

#endif
