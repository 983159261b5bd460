/* SPDX-License-Identifier: MIT */
/* Synthetic faces for tests. Identities are points on the sphere, and their faces are normal
 * clouds around them: two faces of one identity have a squared distance of about `within`, two
 * of different ones about 2. Every vector is a function of (seed, identity, number) alone. */
#ifndef FN_TESTS_PROPERTY_SYNTH_H
#define FN_TESTS_PROPERTY_SYNTH_H

#include <stdint.h>

#include "engine/kernels/vector.h"

struct synth {
    uint64_t seed;
    double within;   /* mean squared distance of two faces of an identity */
    double families; /* 0: identities are independent; 0.7: four of them look alike */
};

void synth_vector(const struct synth *s, uint32_t identity, uint32_t number, float out[FN_DIM]);

#endif
