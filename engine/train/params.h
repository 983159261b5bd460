/* SPDX-License-Identifier: MIT */
/* All weights of a network as one array of floats, so that the optimiser, checkpoints and sums
 * over processes need only an array; and a graph that reads the weights there. */
#ifndef FN_ENGINE_TRAIN_PARAMS_H
#define FN_ENGINE_TRAIN_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include "engine/graph/graph.h"

struct fn_param {
    uint32_t value;       /* of the graph */
    size_t offset, count; /* in w; offsets are multiples of 16, gaps are zero */
    bool frozen;          /* no gradient, no decay, no step */
    bool decay;           /* for weights of convolutions; biases, slopes and scales have none */
};

struct fn_params {
    struct fn_graph graph; /* has its own values; all else is shared with the original graph */
    struct fn_param *list;
    size_t n, size; /* parameters; floats of w, gaps included */
    float *w;
    struct fn_arena memory;
};

/* Copies the weights of g, whose nodes must outlive it. 0, -ENOMEM. */
FN_NODISCARD int fn_params_init(struct fn_params *p, const struct fn_graph *g,
                                struct fn_error *err);
void fn_params_finish(struct fn_params *p); /* NULL-safe */

/* Freezes every parameter of the nodes before the first one whose name begins with prefix
 * (names as printed by `fnq model show`). FN_ENOTFOUND if there is none. */
FN_NODISCARD int fn_params_freeze_before(struct fn_params *p, const char *prefix,
                                         struct fn_error *err);
/* Number of weights, or of those that are trained. */
size_t fn_params_count(const struct fn_params *p, bool trained_only);
/* Hash of the layers and their shapes, without the values. Two networks with the same hash have
 * interchangeable arrays. */
struct fn_h128 fn_params_layout(const struct fn_params *p);
struct fn_h128 fn_params_hash(const struct fn_params *p); /* of the values */

#endif
