/* SPDX-License-Identifier: MIT */
/* Margin softmax over people, for training before triplets: one class per person. The weight of
 * a class is a direction on the unit sphere.
 *
 *   ArcFace   logit of the right class: scale cos(theta + margin) (Deng et al. 2019)
 *   CosFace   scale (cos(theta) - margin)                         (Wang et al. 2018)
 *
 * It needs no other embedding layer: f is the unit vector of the network. */
#ifndef FN_ENGINE_TRAIN_MARGIN_H
#define FN_ENGINE_TRAIN_MARGIN_H

#include "engine/train/optim.h"

enum fn_margin_kind { FN_MARGIN_ARC = 0, FN_MARGIN_COS = 1 };

struct fn_margin_head {
    enum fn_margin_kind kind;
    float scale, margin;
    size_t n_people, dim;
    float *w, *grad; /* [n_people][dim], not normalised; the gradient of the last loss */
    struct fn_arena memory;
};
/* Directions are drawn from the seed. */
FN_NODISCARD int fn_margin_init(struct fn_margin_head *h, enum fn_margin_kind kind, float scale,
                                float margin, size_t n_people, size_t dim, uint64_t seed);
void fn_margin_finish(struct fn_margin_head *h); /* NULL-safe */

/* Mean cross-entropy of n unit vectors f ([n][dim]) with their people. df: its gradient by f,
 * overwritten. h->grad: its gradient by the directions. *ret_right: number of vectors that are
 * closest to their own direction. 0 or -ENOMEM. */
FN_NODISCARD int fn_margin_loss(struct fn_margin_head *h, const float *f,
                                const uint32_t *person, size_t n, float *df, double *ret_loss,
                                size_t *ret_right);

#endif
