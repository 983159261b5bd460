/* SPDX-License-Identifier: MIT */
/* Thresholds of a size class: docs/decisions/grouping.md, "Thresholds and the size class". */
#include <math.h>

#include "index/grouping/grouping.h"

/* How far the thresholds follow the size of the library: d2 per decade of false-accept rate,
 * for a decade of faces. */
#define SLOPE_SINGLE .65
#define SLOPE_GROUP  .33
/* From this class on (4,096 faces) there are so many single faces that some are near a small
 * host by chance. */
#define CLASS_CHANCE 6
#define NET_BELOW    .6 /* how far the net is below t1, in decades of rate */

static uint32_t exact(double d2)
{
    return d2 <= 0 ? 0 : d2 >= 4 ? 4u << 28 : (uint32_t)(d2 * (double)(1u << 28));
}

void fn_grouping_thresholds_of(const struct fn_grouping_model *m, unsigned size_class,
                               struct fn_grouping_thresholds *ret)
{
    static const double below1[FN_GROUPING_ROUNDS] = {.20, .10, .05, 0},
                        below2[FN_GROUPING_ROUNDS] = {.10, .05, .02, 0},
                        above2[FN_GROUPING_LADDER] = {-.05, .03, .06, .10};
    unsigned k = size_class < FN_CLASS_MIN   ? FN_CLASS_MIN
                 : size_class > FN_CLASS_MAX ? FN_CLASS_MAX
                                             : size_class;
    double n = 2 * pow(4, k), decades = log10(n / 1e4);
    double t1 = m->single_d2 - SLOPE_SINGLE * m->decade_d2 * decades;
    double t2 = m->group_d2 - SLOPE_GROUP * m->decade_d2 * decades;
    double r =
        t1 - NET_BELOW * m->decade_d2 < m->net_d2 ? t1 - NET_BELOW * m->decade_d2 : m->net_d2;
    /* The steps belong to an embedder whose distances grow by .15 a decade. */
    double unit = m->decade_d2 / .15;
    for (int i = 0; i < FN_GROUPING_ROUNDS; i++) {
        ret->level1[i] = exact(t1 - below1[i] * unit);
        ret->level2[i] = exact(t2 - below2[i] * unit);
    }
    for (int i = 0; i < FN_GROUPING_LADDER; i++)
        ret->attach[i] = exact(t2 + (i || k >= CLASS_CHANCE ? above2[i] * unit : 0));
    ret->large = exact(m->group_d2 - t2);
    ret->net = exact(r);
}

unsigned fn_grouping_class(uint64_t n_good, unsigned now)
{
    unsigned k = FN_CLASS_MIN;
    while (k < FN_CLASS_MAX && n_good >= (uint64_t)1 << (2 * (k + 1)))
        k++;
    if (now <= k)
        return k;
    /* Down only below three quarters of the limit, so that a library at a limit does not go to
     * and fro. */
    while (now > k && n_good < ((uint64_t)3 << (2 * now)) / 4)
        now--;
    return now;
}
