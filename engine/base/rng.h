/* SPDX-License-Identifier: MIT */
/* Counter-based random numbers. Any value can be computed alone from (seed, stream, counter),
 * so results do not depend on the number of threads or the order. For tests, generators and
 * training, not for secrets. (Person ids come from getrandom.) Mixer: SplitMix64 (Steele et al.
 * 2014). */
#ifndef FN_ENGINE_BASE_RNG_H
#define FN_ENGINE_BASE_RNG_H

#include <stdint.h>

static inline uint64_t fn_mix64(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

struct fn_rng {
    uint64_t key, counter;
};

static inline struct fn_rng fn_rng_init(uint64_t seed, uint64_t stream)
{
    return (struct fn_rng){fn_mix64(seed ^ fn_mix64(stream)), 0};
}

static inline uint64_t fn_rng_u64(struct fn_rng *r)
{
    return fn_mix64(r->key ^ fn_mix64(r->counter++));
}

/* Uniform in [0, n), n > 0. The bias is below n / 2^64. */
static inline uint64_t fn_rng_below(struct fn_rng *r, uint64_t n)
{
    __extension__ unsigned __int128 wide = fn_rng_u64(r);
    return (uint64_t)((wide * n) >> 64);
}

/* Uniform in [0, 1). */
static inline double fn_rng_uniform(struct fn_rng *r)
{
    return (double)(fn_rng_u64(r) >> 11) * 0x1p-53;
}

#endif
