/* SPDX-License-Identifier: MIT */
/* What is excluded from the library: exclusion patterns (globs with sets, engine/base/glob.h)
 * and marker files. A set of rules never changes. Threads share it through a reference count; a
 * reload makes a new one. */
#ifndef FN_INDEX_RULES_H
#define FN_INDEX_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/config.h"

struct fn_rules;

struct fn_rules *fn_rules_create(const struct fn_config *c); /* NULL: out of memory */
struct fn_rules *fn_rules_ref(struct fn_rules *r);
void fn_rules_unref(struct fn_rules *r); /* NULL-safe */
bool fn_rules_follow_symlinks(const struct fn_rules *r);
bool fn_rules_one_filesystem(const struct fn_rules *r);

/* rel: path below the root, no leading slash. */
bool fn_rules_skip_file(const struct fn_rules *r, const char *rel);
/* Is everything below this folder excluded? Then it need not be read. */
bool fn_rules_skip_dir(const struct fn_rules *r, const char *rel);
/* Does a file with this name exclude its folder from the library? */
bool fn_rules_is_marker(const struct fn_rules *r, const char *name);

#endif
