/* SPDX-License-Identifier: MIT */
/* Seeded random networks for tests: small and well formed, with every operator, odd channel
 * counts, strides, dilations, branches, residual sums and concatenations. */
#ifndef FN_TESTS_UNIT_RANDOM_NET_H
#define FN_TESTS_UNIT_RANDOM_NET_H

#include "engine/base/rng.h"
#include "engine/graph/graph.h"

/* Fills n floats with values in [-1, 1). */
void random_floats(struct fn_rng *r, float *p, size_t n);

/* A complete graph. The builder owns it. Aborts the test when it cannot be built. */
struct fn_graph_builder *random_net(uint64_t seed, struct fn_graph *ret);

#endif
