/* SPDX-License-Identifier: MIT */
/* What belongs to the library: exclusion patterns, marker files, and which names and first
 * bytes make a file a candidate. A set of rules never changes once made and is shared by
 * threads through a reference count: a reload makes a new one. */
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

/* Glob: * and ? within a component, [abc] [a-z] [!x], ** across components; "**" + "/" also
 * matches nothing. */
bool fnd_glob_match(const char *pattern, const char *path);

enum fnd_name_kind {
    FND_NAME_IMAGE,   /* an image's extension: a candidate */
    FND_NAME_UNKNOWN, /* look at the first bytes */
    FND_NAME_OTHER,   /* surely no candidate */
};
enum fnd_name_kind fnd_name_kind(const char *name);
enum { FND_MAGIC_BYTES = 16 };
/* Do the first n bytes begin a JPEG, PNG, GIF, WebP, HEIC or AVIF? */
bool fnd_magic_is_image(const uint8_t *p, size_t n);

#endif
