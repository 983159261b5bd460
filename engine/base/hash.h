/* SPDX-License-Identifier: MIT */
/* XXH3 (xxHash 0.8), the only hash of the project. A 128-bit hash is stored in its canonical
 * (big-endian) form, so that its hex digits are the same on every machine. */
#ifndef FN_ENGINE_BASE_HASH_H
#define FN_ENGINE_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fn_h128 {
    uint8_t b[16];
};

#define FN_H128_HEX 33 /* 32 digits and a NUL */

uint64_t fn_hash64(const void *p, size_t n);
uint64_t fn_hash64_seeded(const void *p, size_t n, uint64_t seed);
struct fn_h128 fn_hash128(const void *p, size_t n);
bool fn_h128_eq(const struct fn_h128 *a, const struct fn_h128 *b);
int fn_h128_cmp(const struct fn_h128 *a, const struct fn_h128 *b);
bool fn_h128_is_zero(const struct fn_h128 *a);
void fn_h128_hex(const struct fn_h128 *h, char out[FN_H128_HEX]);
FN_NODISCARD int fn_h128_parse(const char *hex,
                               struct fn_h128 *ret); /* exactly 32 digits, or -EINVAL */

/* Incremental hashing. create returns NULL when out of memory. */
struct fn_hasher;
struct fn_hasher *fn_hasher_create(void);
void fn_hasher_add(struct fn_hasher *h, const void *p, size_t n);
struct fn_h128 fn_hasher_digest(const struct fn_hasher *h);
void fn_hasher_reset(struct fn_hasher *h);
void fn_hasher_destroy(struct fn_hasher *h);

/* Hashes the content of fd from its start with pread, without moving the file position.
 * ret_size: number of bytes read. 0 or -errno. */
FN_NODISCARD int fn_hash_fd(int fd, struct fn_h128 *ret, uint64_t *ret_size);

#endif
