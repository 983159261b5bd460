/* SPDX-License-Identifier: MIT */
/* A model's own thresholds, and the profile that they make. */
#include "engine/model/profile.h"

#include "engine/model/pinned.h"

const double fn_calibration_fars[FN_CALIBRATION_FARS] = {1e-2, 1e-3, 1e-4};

void fn_profile_grouping_of_pair(float pair_d2, float *ret_single, float *ret_group,
                                 float *ret_net, float *ret_decade)
{
    const struct fn_profile_values *v = &fn_pinned_profile(0)->values;
    float k = pair_d2 / v->pair_d2;
    *ret_single = v->single_d2 * k;
    *ret_group = v->group_d2 * k;
    *ret_net = v->net_d2 * k;
    *ret_decade = v->decade_d2 * k;
}

/* The pair threshold of a profile is that of a FAR of 1e-3 (docs/decisions/thresholds.md); with
 * too few pairs to know it, the strictest that is known. */
float fn_calibration_strict(const struct fn_calibration *c)
{
    if (c->far_d2[1] > 0)
        return c->far_d2[1];
    return c->far_d2[0] > 0 && c->far_d2[0] < c->pair_d2 ? c->far_d2[0] : c->pair_d2;
}

void fn_profile_calibrate(struct fn_profile_values *v, const struct fn_calibration *c)
{
    v->pair_d2 = fn_calibration_strict(c);
    v->single_d2 = c->single_d2;
    v->group_d2 = c->group_d2;
    v->net_d2 = c->net_d2;
    v->decade_d2 = c->decade_d2;
    v->logistic_a = c->logistic_a;
    v->logistic_b = c->logistic_b;
    v->flip = c->flip;
}
