/* SPDX-License-Identifier: MIT */
/* Verification of pairs in folds. Each fold has two counts per threshold of a grid: genuine and
 * impostor pairs below it. All results of a fold, except the last, are sums of these. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/eval/metrics.h"

enum { GRID = 4001, ACCURACY_STEP = 10 }; /* thresholds i / 1000; every tenth for accuracy */

struct counts {
    uint32_t same[GRID], different[GRID]; /* found pairs with d2 < i / 1000 */
    size_t n_same, n_different; /* all genuine pairs; impostor pairs with both faces */
    size_t n;                   /* all */
};

static double threshold_of(size_t i)
{
    return (double)i / 1000;
}

/* The first threshold of the grid that accepts d2. GRID: none. */
static size_t first_above(double d2)
{
    double at = floor(d2 * 1000);
    size_t i = at < 0 ? 0 : at > GRID ? GRID : (size_t)at;
    while (i > 0 && d2 < threshold_of(i - 1))
        i--;
    while (i < GRID && d2 >= threshold_of(i))
        i++;
    return i;
}

static void count(struct counts *c, const struct fn_pair_d2 *p)
{
    bool found = !isnan(p->d2);
    c->n++;
    c->n_same += p->same;
    c->n_different += !p->same && found;
    size_t i = found ? first_above((double)p->d2) : GRID;
    if (i < GRID)
        (p->same ? c->same : c->different)[i]++;
}

static void accumulate(struct counts *c)
{
    for (size_t i = 1; i < GRID; i++) {
        c->same[i] += c->same[i - 1];
        c->different[i] += c->different[i - 1];
    }
}

static void add(struct counts *to, const struct counts *c, int sign)
{
    for (size_t i = 0; i < GRID; i++) {
        to->same[i] += (uint32_t)sign * c->same[i];
        to->different[i] += (uint32_t)sign * c->different[i];
    }
    to->n += (size_t)sign * c->n;
    to->n_same += (size_t)sign * c->n_same;
    to->n_different += (size_t)sign * c->n_different;
}

static double accuracy_at(const struct counts *c, size_t i)
{
    size_t right = c->same[i] + (c->n_different - c->different[i]);
    return c->n ? (double)right / (double)c->n : 0;
}

static size_t best_of(const struct counts *c, size_t step)
{
    size_t best = 0;
    for (size_t i = step; i < GRID; i += step)
        if (accuracy_at(c, i) > accuracy_at(c, best))
            best = i;
    return best;
}

/* The threshold with this false-accept rate. 0 if it is never reached. */
static double threshold_for(const struct counts *c, double far)
{
    double want = far * (double)c->n_different;
    size_t i = 0;
    while (i < GRID && (double)c->different[i] < want)
        i++;
    if (i == GRID || !c->n_different)
        return 0;
    if (i == 0)
        return 0;
    double below = c->different[i - 1], above = c->different[i];
    return threshold_of(i - 1) + (want - below) / (above - below) / 1000;
}

double fn_pair_accuracy(const struct fn_pair_d2 *pairs, size_t n, double threshold)
{
    size_t right = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(pairs[i].d2))
            right += pairs[i].same == ((double)pairs[i].d2 < threshold);
    return n ? (double)right / (double)n : 0;
}

int fn_pairs_split(const struct fn_pair_d2 *pairs, size_t n, struct fn_dists *same,
                   struct fn_dists *different)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        if (pairs[i].same)
            rc =
                fn_dists_add(same, isnan(pairs[i].d2) ? (double)INFINITY : (double)pairs[i].d2);
        else if (!isnan(pairs[i].d2))
            rc = fn_dists_add(different, (double)pairs[i].d2);
    }
    fn_dists_sort(same);
    fn_dists_sort(different);
    return rc;
}

/* Shares of the genuine and impostor pairs of a fold below t. */
static void shares_at(const struct fn_pair_d2 *pairs, size_t n, size_t fold,
                      const struct counts *c, double t, double *val, double *far)
{
    size_t same = 0, different = 0;
    for (size_t i = 0; i < n; i++)
        if (pairs[i].fold == fold && !isnan(pairs[i].d2) && (double)pairs[i].d2 < t)
            pairs[i].same ? same++ : different++;
    *val = c->n_same ? (double)same / (double)c->n_same : 0;
    *far = c->n_different ? (double)different / (double)c->n_different : 0;
}

static struct fn_mean mean_of(const double *v, size_t n, size_t n_pairs)
{
    struct fn_mean m = {0, 0};
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        m.mean += v[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (v[i] - m.mean) * (v[i] - m.mean);
    if (n > 1)
        m.error = sqrt(sum / (double)(n - 1) / (double)n);
    else if (n_pairs)
        m.error = sqrt(m.mean * (1 - m.mean) / (double)n_pairs);
    return m;
}

static void judge_folds(const struct fn_pair_d2 *pairs, size_t n, const struct counts *fold,
                        struct counts *all, struct fn_verification *r)
{
    double val[FN_FOLDS_MAX], far[FN_FOLDS_MAX];
    for (size_t f = 0; f < r->n_folds; f++) {
        const struct counts *c = &fold[f];
        if (r->n_folds > 1)
            add(all, c, -1);
        size_t i = best_of(all, ACCURACY_STEP);
        r->fold_threshold[f] = threshold_of(i);
        r->fold_accuracy[f] = accuracy_at(c, i);
        shares_at(pairs, n, f, c, threshold_for(all, r->far_target), &val[f], &far[f]);
        if (r->n_folds > 1)
            add(all, c, 1);
    }
    r->accuracy = mean_of(r->fold_accuracy, r->n_folds, all->n);
    r->val = mean_of(val, r->n_folds, all->n_same);
    r->far = mean_of(far, r->n_folds, all->n_different);
}

int fn_verify(const struct fn_pair_d2 *pairs, size_t n, double far_target,
              struct fn_verification *ret, struct fn_error *err)
{
    struct fn_verification r = {.n = n, .far_target = far_target, .n_folds = 1};
    struct fn_dists same = {0}, different = {0};
    for (size_t i = 0; i < n; i++) {
        if (pairs[i].fold >= FN_FOLDS_MAX)
            return fn_error_set(err, FN_ELIMIT, "more than %d folds", FN_FOLDS_MAX);
        r.n_folds = pairs[i].fold >= r.n_folds ? pairs[i].fold + 1 : r.n_folds;
        r.n_same += pairs[i].same;
        r.n_missed += isnan(pairs[i].d2);
    }
    struct counts *c = calloc(r.n_folds + 1, sizeof *c), *all = c ? c + r.n_folds : NULL;
    int rc = c ? fn_pairs_split(pairs, n, &same, &different) : -ENOMEM;
    for (size_t i = 0; !rc && i < n; i++)
        count(&c[pairs[i].fold], &pairs[i]);
    for (size_t f = 0; !rc && f < r.n_folds; f++) {
        accumulate(&c[f]);
        add(all, &c[f], 1);
    }
    if (!rc) {
        size_t best = best_of(all, 1);
        r.best_accuracy = accuracy_at(all, best);
        r.best_threshold = threshold_of(best);
        judge_folds(pairs, n, c, all, &r);
        r.auc = fn_roc_auc(&same, &different);
        r.eer = fn_roc_eer(&same, &different, &r.eer_threshold);
        *ret = r;
    }
    free(c);
    fn_dists_free(&same);
    fn_dists_free(&different);
    return rc ? fn_error_set(err, rc, "out of memory") : 0;
}
