/* SPDX-License-Identifier: MIT */
/* Answers of the engine by content, kept from run to run: one file per way of making an answer,
 * in it one answer per content. Several threads may ask and put at once. */
#ifndef FN_CLI_LIBRARY_EVAL_CACHE_H
#define FN_CLI_LIBRARY_EVAL_CACHE_H

#include <stdbool.h>

#include "engine/base/hash.h"

struct fnl_cache;
/* what: everything that the answers depend on besides the content. NULL when out of memory; a
 * file that cannot be read is an empty cache. Nothing is read or written when there is no cache
 * directory. */
struct fnl_cache *fnl_cache_open(const char *what);
uint64_t fnl_cache_kind(const struct fnl_cache *c); /* differs for different what */
/* The answer for this content, when there is one of at most room bytes. */
bool fnl_cache_get(struct fnl_cache *c, const struct fn_h128 *content, void *out, size_t cap,
                   size_t *ret_size);
FN_NODISCARD int fnl_cache_put(struct fnl_cache *c, const struct fn_h128 *content,
                               const void *answer, size_t size);
void fnl_cache_close(struct fnl_cache *c); /* writes what is new; NULL-safe */

#endif
