/* SPDX-License-Identifier: MIT */
/* Two models on the same pairs: which pairs only one of them decides correctly. Pairs that are
 * hard for both do not show which is better, so the error of the difference is much smaller
 * than the errors of the two. */
#include <math.h>

#include "engine/eval/metrics.h"

static bool is_right(const struct fn_pair_d2 *p, double threshold)
{
    return !isnan(p->d2) && p->same == ((double)p->d2 < threshold);
}

int fn_paired_accuracy(const struct fn_pair_d2 *a, const struct fn_pair_d2 *b, size_t n,
                       const struct fn_verification *va, const struct fn_verification *vb,
                       struct fn_paired *ret)
{
    struct fn_paired r = {{0, 0}, 0, 0};
    size_t folds = va->n_folds;
    double sum = 0;
    if (folds != vb->n_folds || !n)
        return FN_EUSAGE;
    for (size_t i = 0; i < n; i++) {
        if (a[i].fold != b[i].fold || a[i].same != b[i].same || a[i].fold >= folds)
            return FN_EUSAGE;
        bool before = is_right(&a[i], va->fold_threshold[a[i].fold]),
             after = is_right(&b[i], vb->fold_threshold[b[i].fold]);
        r.n_gained += after && !before;
        r.n_lost += before && !after;
    }
    r.accuracy.mean = vb->accuracy.mean - va->accuracy.mean;
    for (size_t f = 0; f < folds; f++) {
        double d = vb->fold_accuracy[f] - va->fold_accuracy[f] - r.accuracy.mean;
        sum += d * d;
    }
    /* With one fold: the error of the difference of two paired shares. */
    double net = (double)r.n_gained - (double)r.n_lost, moved = (double)(r.n_gained + r.n_lost);
    r.accuracy.error = folds > 1 ? sqrt(sum / (double)(folds - 1) / (double)folds)
                                 : sqrt(moved - net * net / (double)n) / (double)n;
    *ret = r;
    return 0;
}
