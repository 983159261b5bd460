/* SPDX-License-Identifier: MIT */
/* Results of the engine by content, stored from run to run: a file for each way to compute a
 * result, with one result per content. Several threads may use a cache in parallel. */
#ifndef FN_CLI_LIBRARY_EVAL_CACHE_H
#define FN_CLI_LIBRARY_EVAL_CACHE_H

#include <stdbool.h>

#include "engine/base/hash.h"

struct fnl_cache;
/* what: everything that the results depend on in addition to the content. NULL when out of
 * memory; a file that cannot be read is an empty cache. Nothing is read or written when there
 * is no cache directory. */
struct fnl_cache *fnl_cache_open(const char *what);
uint64_t fnl_cache_kind(const struct fnl_cache *c); /* differs for different what */
/* The stored result for this content, if there is one of at most cap bytes. */
bool fnl_cache_get(struct fnl_cache *c, const struct fn_h128 *content, void *out, size_t cap,
                   size_t *ret_size);
FN_NODISCARD int fnl_cache_put(struct fnl_cache *c, const struct fn_h128 *content,
                               const void *answer, size_t size);
void fnl_cache_close(struct fnl_cache *c); /* writes the new results; NULL-safe */

#endif
