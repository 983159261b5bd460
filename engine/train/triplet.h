/* SPDX-License-Identifier: MIT */
/* Triplet loss (Schroff, Kalenichenko, Philbin, CVPR 2015, section 3.1) and the selection of
 * triplets (3.2), on embeddings alone. Distances are squared L2 between unit vectors, in [0,
 * 4]. */
#ifndef FN_ENGINE_TRAIN_TRIPLET_H
#define FN_ENGINE_TRAIN_TRIPLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

enum fn_selection {
    /* All anchor-positive pairs; the nearest negative that is farther than the positive and
       inside the margin. */
    FN_SELECT_SEMI_HARD = 0,
    /* The farthest positive and nearest negative of every anchor (argmax, argmin); Hermans,
     * Beyer, Leibe 2017. Over a subset of the data embedded by a checkpoint, this is the
     * offline selection of the paper. */
    FN_SELECT_BATCH_HARD = 1,
};

/* For a pair without a semi-hard negative. The paper does not specify it. */
enum fn_no_negative {
    FN_NO_NEGATIVE_SKIP = 0,
    FN_NO_NEGATIVE_FARTHEST = 1, /* the farthest negative, like the loss of TensorFlow */
    FN_NO_NEGATIVE_RANDOM = 2,   /* any that is nearer than the positive plus the margin, as
                                    OpenFace does; none: skipped */
};

struct fn_triplet {
    uint32_t anchor, positive, negative;
};

struct fn_triplets {
    struct fn_triplet *v;
    size_t n, cap;
};
void fn_triplets_finish(struct fn_triplets *t); /* NULL-safe */

struct fn_select_opts {
    enum fn_selection selection;
    enum fn_no_negative no_negative;
    float margin;
    uint64_t seed; /* for FN_NO_NEGATIVE_RANDOM */
};

/* Statistics of the distances of a batch. Percentiles 5, 25, 50, 75, 95 over all pairs (of
 * negatives: every k-th, at most 100,000). */
struct fn_batch_stats {
    size_t pairs;    /* ordered anchor-positive pairs */
    size_t selected; /* triplets */
    size_t active;   /* with a loss above 0 */
    double loss;     /* mean over the selected; 0 if there are none */
    float positive[5], negative[5];
    /* All embeddings are (nearly) equal: the loss is stuck at the margin and its gradient has
     * vanished. */
    bool collapsed;
};

/* f: [n][dim] unit vectors; person: [n]. Appends to ret, in the order of anchors and positives;
 * ties go to the lower index. Sets pairs, percentiles and collapse of the statistics. 0 or
 * -ENOMEM. */
FN_NODISCARD int fn_triplet_select(const float *f, const uint32_t *person, size_t n, size_t dim,
                                   const struct fn_select_opts *o, struct fn_triplets *ret,
                                   struct fn_batch_stats *stats);

/* Mean over the triplets of max(0, D(a,p) - D(a,n) + margin), and its gradient by f ([n][dim],
 * overwritten). Sums are in double, in the order of the triplets. Sets selected, active and
 * loss of the statistics. 0 or -ENOMEM. */
FN_NODISCARD int fn_triplet_loss(const float *f, size_t n, size_t dim,
                                 const struct fn_triplets *t, float margin, float *grad,
                                 struct fn_batch_stats *stats);

#endif
