/* SPDX-License-Identifier: MIT */
/* Results for sets of known people, and for clusters of them; see judge.h. */
#include <math.h>
#include <stdio.h>

#include "engine/eval/judge.h"

int fn_judge_identities(struct fn_figures *f, const struct fn_vectors *v,
                        struct fn_all_pairs *ret, struct fn_error *err)
{
    static const struct {
        double far;
        const char *key, *label;
    } at[] = {{1e-3, "tar_1e3", "TAR at FAR 1e-3"}, {1e-4, "tar_1e4", "TAR at FAR 1e-4"}};
    const double none = (double)NAN;
    const char *g = "identities";
    char key[48], label[80];
    struct fn_ranks ranks;
    struct fn_all_pairs p = {0};
    int rc = fn_all_pairs_run(v, 8e-3, &p, err);
    rc = rc ? rc : fn_ranks_run(v, &ranks, err);
    if (!rc) {
        fn_figures_count(f, g, "people", v->n_people, "people");
        fn_figures_count(f, g, "pictures", v->n, "pictures");
        fn_figures_count(f, g, "same_pairs", p.same.n, "genuine pairs, all");
        fn_figures_count(f, g, "different_pairs", (size_t)p.n_different, "impostor pairs, all");
    }
    for (size_t i = 0; !rc && i < sizeof at / sizeof *at; i++) {
        struct fn_interval ci;
        double t = none;
        rc = fn_tar_interval(&p, v, at[i].far, FN_BOOTSTRAP_DEFAULT, 1, &ci, err);
        (void)fn_tar_at_far(&p, at[i].far, &t);
        if (rc)
            continue;
        fn_figures_add(f, g, at[i].key, ci.value, ci.error, 4, at[i].label);
        const double bound[3] = {ci.low, ci.high, t};
        static const char *const what[3] = {"low", "high", "threshold"};
        static const char *const words[3] = {"  95 % of resampled people: from", "  to",
                                             "  threshold (d2)"};
        for (int k = 0; k < 3; k++) {
            (void)snprintf(key, sizeof key, "%s_%s", at[i].key, what[k]);
            (void)snprintf(label, sizeof label, "%s", words[k]);
            fn_figures_add(f, g, key, bound[k], none, 4, label);
        }
    }
    if (!rc) {
        double error = sqrt(ranks.rank1 * (1 - ranks.rank1) / (double)ranks.n_probes);
        fn_figures_count(f, g, "gallery", ranks.n_gallery,
                         "gallery: first picture of each person");
        fn_figures_count(f, g, "probes", ranks.n_probes, "probes: all others");
        fn_figures_add(f, g, "rank1", ranks.rank1, error, 4, "rank 1");
        fn_figures_add(f, g, "open_set", ranks.open_rate, none, 4,
                       "open set, every second person unknown, at 1 % false alarms");
        *ret = p;
    } else {
        fn_all_pairs_free(&p);
    }
    return rc;
}

void fn_judge_partition(struct fn_figures *f, const char *group,
                        const struct fn_partition_score *s)
{
    const double none = (double)NAN;
    fn_figures_count(f, group, "pictures", s->n, "pictures, one face of each judged");
    fn_figures_count(f, group, "missed", s->n_missed, "without a face");
    fn_figures_count(f, group, "people", s->n_people, "people");
    fn_figures_count(f, group, "groups", s->n_groups, "groups");
    fn_figures_count(f, group, "impure", s->n_impure, "groups of more than one person");
    fn_figures_add(f, group, "precision", s->precision, none, 5, "precision of pairs");
    fn_figures_add(f, group, "recall", s->recall, none, 5, "recall of pairs");
    fn_figures_add(f, group, "f", s->f, none, 5, "F of pairs");
    fn_figures_add(f, group, "b3_precision", s->b3_precision, none, 4, "BCubed precision");
    fn_figures_add(f, group, "b3_recall", s->b3_recall, none, 4, "BCubed recall");
    fn_figures_add(f, group, "b3_f", s->b3_f, none, 4, "BCubed F");
    fn_figures_add(f, group, "purity", s->purity, none, 4, "purity");
}
