/* SPDX-License-Identifier: MIT */
/* What is left out of the library: exclusion patterns (globs with sets, engine/base/glob.h) and
 * marker files. A set of rules never
 * changes once made and is shared by threads through a reference count: a reload makes a new
 * one. */
#ifndef FN_DAEMON_RULES_H
#define FN_DAEMON_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/config.h"

struct fnd_rules;

struct fnd_rules *fnd_rules_create(const struct fn_config *c); /* NULL: out of memory */
struct fnd_rules *fnd_rules_ref(struct fnd_rules *r);
void fnd_rules_unref(struct fnd_rules *r); /* NULL-safe */
bool fnd_rules_follow_symlinks(const struct fnd_rules *r);
bool fnd_rules_one_filesystem(const struct fnd_rules *r);

/* rel: path below the root, no leading slash. */
bool fnd_rules_skip_file(const struct fnd_rules *r, const char *rel);
/* Everything below this folder is left out, so it need not be read. */
bool fnd_rules_skip_dir(const struct fnd_rules *r, const char *rel);
/* A file of this name keeps its folder out of the library. */
bool fnd_rules_is_marker(const struct fnd_rules *r, const char *name);

#endif
