/* SPDX-License-Identifier: MIT */
#include "engine/base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "engine/base/file.h"

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
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof h->b; i++) {
        out[2 * i] = digit[h->b[i] >> 4];
        out[2 * i + 1] = digit[h->b[i] & 15];
    }
    out[32] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int fn_h128_parse(const char *hex, struct fn_h128 *ret)
{
    struct fn_h128 h;
    if (strlen(hex) != 32)
        return -EINVAL;
    for (size_t i = 0; i < sizeof h.b; i++) {
        int hi = hex_value(hex[2 * i]), lo = hex_value(hex[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return -EINVAL;
        h.b[i] = (uint8_t)(hi << 4 | lo);
    }
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
