/* SPDX-License-Identifier: MIT */
/* MobileFaceNet (Chen et al. 2018) at 112 x 112 with seeded random weights. It has the shapes
 * of the default embedder, so that the engine can be timed without a model file. */
#ifndef FN_TESTS_BENCH_MOBILEFACENET_H
#define FN_TESTS_BENCH_MOBILEFACENET_H

#include "engine/graph/graph.h"

/* NULL when out of memory. The builder owns the graph. */
struct fn_graph_builder *mobilefacenet_synthetic(struct fn_graph *ret, struct fn_error *err);

#endif
