/* A model's own thresholds, and the profile that they make. */
#include "engine/model/profile.h"

const double fn_calibration_fars[FN_CALIBRATION_FARS] = {1e-2, 1e-3, 1e-4};

/* The pair threshold of a profile is that of a FAR of 1e-3 (docs/decisions/thresholds.md); with too few pairs to know it, the
 * strictest that is known. */
float fn_calibration_strict(const struct fn_calibration *c)
{
    if (c->far_d2[1] > 0)
        return c->far_d2[1];
    return c->far_d2[0] > 0 && c->far_d2[0] < c->pair_d2 ? c->far_d2[0] : c->pair_d2;
}

void fn_profile_calibrate(struct fn_profile_values *v, const struct fn_calibration *c)
{
    float t = fn_calibration_strict(c), k = v->pair_d2 > 0 ? t / v->pair_d2 : 1;
    v->pair_d2 = t;
    v->cluster_d2 = c->join_d2;
    v->neighbour_d2 = v->neighbour_d2 * k < 4 ? v->neighbour_d2 * k : 4;
    v->strict_d2 = v->strict_d2 * k < 4 ? v->strict_d2 * k : 4;
    v->logistic_a = c->logistic_a;
    v->logistic_b = c->logistic_b;
    v->flip = c->flip;
}
