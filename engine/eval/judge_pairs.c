/* SPDX-License-Identifier: MIT */
/* Results for pairs; see judge.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/eval/judge.h"

int fn_judge_pairs(struct fn_figures *f, const char *group, const struct fn_pair_d2 *p,
                   size_t n, double fixed, struct fn_verification *ret, struct fn_error *err)
{
    const double none = (double)NAN;
    char label[80];
    int rc = fn_verify(p, n, 1e-3, ret, err);
    if (rc)
        return rc;
    fn_figures_count(f, group, "pairs", ret->n, "pairs");
    fn_figures_count(f, group, "missed", ret->n_missed, "pairs with a missed face, wrong");
    fn_figures_count(f, group, "folds", ret->n_folds, "folds");
    fn_figures_add(f, group, "accuracy", ret->accuracy.mean, ret->accuracy.error, 4,
                   ret->n_folds > 1 ? "accuracy, threshold from the other folds"
                                    : "accuracy, best threshold of these pairs");
    if (!isnan(fixed)) {
        (void)snprintf(label, sizeof label, "accuracy at the threshold in use, %.4g", fixed);
        fn_figures_add(f, group, "accuracy_fixed", fn_pair_accuracy(p, n, fixed), none, 4,
                       label);
    }
    fn_figures_add(f, group, "best_accuracy", ret->best_accuracy, none, 4,
                   "best accuracy of one threshold");
    fn_figures_add(f, group, "best_threshold", ret->best_threshold, none, 3,
                   "that threshold (d2)");
    fn_figures_add(f, group, "val", ret->val.mean, ret->val.error, 4, "VAL at FAR 1e-3");
    fn_figures_add(f, group, "val_far", ret->far.mean, ret->far.error, 5,
                   "FAR measured at its thresholds");
    fn_figures_add(f, group, "auc", ret->auc, none, 5, "area under the ROC curve");
    fn_figures_add(f, group, "eer", ret->eer, none, 4, "equal error rate");
    if (strcmp(group, "pairs") == 0) {
        f->n_folds = ret->n_folds;
        for (size_t i = 0; i < ret->n_folds; i++)
            f->fold[i] = (struct fn_fold){ret->fold_accuracy[i], ret->fold_threshold[i]};
    }
    return 0;
}

int fn_judge_brief(struct fn_figures *f, const char *group, const struct fn_eval_vectors *v,
                   size_t n_people, const struct fn_eval_pairs *p, struct fn_brief *ret,
                   struct fn_error *err)
{
    const struct fn_vectors x = fn_eval_vectors_view(v, n_people);
    struct fn_pair_d2 *d = NULL;
    struct fn_verification fold;
    struct fn_brief b = {0};
    int rc = fn_eval_pair_distances(v, p, &d, err);
    if (rc)
        return rc;
    rc = fn_verify(d, p->n, 1e-3, &fold, err);
    rc = rc ? rc : fn_all_pairs_run(&x, 8e-3, &b.all, err);
    rc = rc ? rc : fn_tar_interval(&b.all, &x, 1e-3, FN_BOOTSTRAP_DEFAULT, 1, &b.tar, err);
    free(d);
    if (rc) {
        fn_all_pairs_free(&b.all);
        return rc;
    }
    b.accuracy = fold.accuracy;
    fn_figures_add(f, group, "accuracy", b.accuracy.mean, b.accuracy.error, 4,
                   "accuracy, threshold from the other folds");
    fn_figures_add(f, group, "tar_1e3", b.tar.value, b.tar.error, 4,
                   "TAR at FAR 1e-3, all pairs of these pictures");
    if (v->n_missed)
        fn_figures_count(f, group, "missed", v->n_missed, "pictures without a face");
    *ret = b;
    return 0;
}
