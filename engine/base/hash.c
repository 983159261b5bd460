/* SPDX-License-Identifier: MIT */
#include "engine/base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "engine/base/file.h"
#include "engine/base/hex.h"

static struct fn_h128 canonical(XXH128_hash_t h)
{
    XXH128_canonical_t c;
    struct fn_h128 r;
    XXH128_canonicalFromHash(&c, h);
    memcpy(r.b, c.digest, sizeof r.b);
    return r;
}

uint64_t fn_hash64(const void *p, size_t n)
{
    return XXH3_64bits(p, n);
}

uint64_t fn_hash64_seeded(const void *p, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(p, n, seed);
}

struct fn_h128 fn_hash128(const void *p, size_t n)
{
    return canonical(XXH3_128bits(p, n));
}

int fn_h128_cmp(const struct fn_h128 *a, const struct fn_h128 *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

bool fn_h128_eq(const struct fn_h128 *a, const struct fn_h128 *b)
{
    return fn_h128_cmp(a, b) == 0;
}

bool fn_h128_is_zero(const struct fn_h128 *a)
{
    static const struct fn_h128 zero;
    return fn_h128_eq(a, &zero);
}

void fn_h128_hex(const struct fn_h128 *h, char out[FN_H128_HEX])
{
    fn_hex_encode(out, h->b, sizeof h->b);
}

int fn_h128_parse(const char *hex, struct fn_h128 *ret)
{
    struct fn_h128 h;
    if (strlen(hex) != 2 * sizeof h.b || fn_hex_decode(h.b, hex, sizeof h.b))
        return -EINVAL;
    *ret = h;
    return 0;
}

struct fn_hasher {
    XXH3_state_t *state;
};

struct fn_hasher *fn_hasher_create(void)
{
    struct fn_hasher *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->state = XXH3_createState();
    if (!h->state) {
        free(h);
        return NULL;
    }
    fn_hasher_reset(h);
    return h;
}

void fn_hasher_reset(struct fn_hasher *h)
{
    (void)XXH3_128bits_reset(h->state);
}

void fn_hasher_add(struct fn_hasher *h, const void *p, size_t n)
{
    (void)XXH3_128bits_update(h->state, p, n);
}

struct fn_h128 fn_hasher_digest(const struct fn_hasher *h)
{
    return canonical(XXH3_128bits_digest(h->state));
}

void fn_hasher_destroy(struct fn_hasher *h)
{
    if (!h)
        return;
    (void)XXH3_freeState(h->state);
    free(h);
}

int fn_hash_fd(int fd, struct fn_h128 *ret, uint64_t *ret_size)
{
    enum { CHUNK = 1 << 18 };
    struct fn_hasher *h = fn_hasher_create();
    char *chunk = malloc(CHUNK);
    uint64_t at = 0;
    int rc = h && chunk ? 0 : -ENOMEM;
    while (!rc) {
        ssize_t n = fn_pread_all(fd, chunk, CHUNK, at);
        if (n < 0)
            rc = (int)n;
        if (n <= 0)
            break;
        fn_hasher_add(h, chunk, (size_t)n);
        at += (uint64_t)n;
    }
    if (!rc) {
        *ret = fn_hasher_digest(h);
        *ret_size = at;
    }
    free(chunk);
    fn_hasher_destroy(h);
    return rc;
}
