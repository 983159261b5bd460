/* SPDX-License-Identifier: MIT */
/* Optimisers over an array of weights.
 *
 *   AdaGrad   A += g^2;  w -= lr g / (sqrt(A) + eps)
 *             used by FaceNet (Duchi, Hazan, Singer 2011). A starts at `initial`.
 *   momentum  v = mu v + g + wd w;  w -= lr v
 *   AdamW     m, v by beta1, beta2;  w -= lr (m^ / (sqrt(v^) + eps) + wd w)
 *             (Loshchilov, Hutter 2019)
 *
 * Decay is for the weights of convolutions alone. Frozen weights do not change: no step, no
 * decay, no state. */
#ifndef FN_ENGINE_TRAIN_OPTIM_H
#define FN_ENGINE_TRAIN_OPTIM_H

#include "engine/train/params.h"
#include "engine/train/team.h"

enum fn_optim_kind { FN_OPTIM_ADAGRAD = 0, FN_OPTIM_MOMENTUM = 1, FN_OPTIM_ADAMW = 2 };

struct fn_optim_opts {
    enum fn_optim_kind kind;
    float momentum; /* mu; beta1 */
    float beta2, eps;
    float weight_decay;
    float initial;  /* AdaGrad's first accumulator */
    float max_norm; /* the gradient is scaled down to this norm; 0: never */
};
struct fn_optim_opts fn_optim_default(enum fn_optim_kind kind);

struct fn_optim {
    struct fn_optim_opts o;
    uint64_t steps; /* done */
    size_t size;
    float *s1, *s2; /* state, like the weights; s2: AdamW alone */
    struct fn_arena memory;
};
FN_NODISCARD int fn_optim_init(struct fn_optim *m, const struct fn_optim_opts *o, size_t size);
void fn_optim_finish(struct fn_optim *m); /* NULL-safe */

/* One step with the learning rate lr. *ret_norm (may be NULL): the norm of the gradient before
 * scaling, over the trained weights. If it is not finite, returns false and changes nothing.
 * Sums have a fixed order for any team. */
bool fn_optim_step(struct fn_optim *m, struct fn_params *p, const float *grad, double lr,
                   struct fn_team *team, double *ret_norm);
/* The same for a plain array without frozen parts, with decay for all weights. */
bool fn_optim_step_array(struct fn_optim *m, float *w, size_t n, const float *grad, double lr,
                         struct fn_team *team, double *ret_norm);

/* Learning rate over time, as a factor of lr: a linear warm-up to 1, then constant, falling by
 * steps, or along a cosine to `floor`. */
enum fn_schedule_kind { FN_SCHEDULE_FLAT = 0, FN_SCHEDULE_STEPS = 1, FN_SCHEDULE_COSINE = 2 };
struct fn_schedule {
    enum fn_schedule_kind kind;
    uint64_t warm_up, total; /* steps */
    double floor;            /* COSINE: share of the initial rate */
    double factor;           /* STEPS: at 1/2, 3/4, 7/8 of the total */
};
double fn_schedule_at(const struct fn_schedule *s, uint64_t step);

#endif
