/* SPDX-License-Identifier: MIT */
#include "tests/property/synth.h"

#include <math.h>

#include "engine/base/rng.h"

static double normal(struct fn_rng *r)
{
    double u = 1 - fn_rng_uniform(r), v = fn_rng_uniform(r);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void direction(uint64_t seed, uint64_t stream, double out[FN_DIM])
{
    struct fn_rng r = fn_rng_init(seed, stream);
    double n = 0;
    for (int k = 0; k < FN_DIM; k++) {
        out[k] = normal(&r);
        n += out[k] * out[k];
    }
    for (int k = 0; k < FN_DIM; k++)
        out[k] /= sqrt(n);
}

void synth_vector(const struct synth *s, uint32_t identity, uint32_t number, float out[FN_DIM])
{
    double own[FN_DIM], family[FN_DIM], noise[FN_DIM], n = 0;
    direction(s->seed, 2 + (uint64_t)identity * 2, own);
    direction(s->seed, 3 + (uint64_t)(identity / 4) * 2, family);
    direction(s->seed + 1, (uint64_t)identity << 32 | number, noise);
    double f = s->families, g = sqrt(1 - f * f);
    double sigma = sqrt(1 / (1 - s->within / 2) - 1); /* E d2 = 2 - 2 / (1 + sigma^2) */
    for (int k = 0; k < FN_DIM; k++) {
        own[k] = f * family[k] + g * own[k] + sigma * noise[k];
        n += own[k] * own[k];
    }
    for (int k = 0; k < FN_DIM; k++)
        out[k] = (float)(own[k] / sqrt(n));
}
