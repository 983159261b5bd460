/* SPDX-License-Identifier: MIT */
/* Whether one model is better than another, on the same pictures and pairs, by more than the
 * error. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/eval/judge.h"

void fn_judged_free(struct fn_judged *j)
{
    fn_all_pairs_free(&j->found.all);
    free(j->d);
    *j = (struct fn_judged){0};
}

int fn_judge_model(struct fn_figures *f, const char *group, const struct fn_eval_vectors *v,
                   size_t n_people, const struct fn_eval_pairs *p, struct fn_judged *ret,
                   struct fn_error *err)
{
    int rc = fn_eval_pair_distances(v, p, &ret->d, err);
    if (rc)
        return rc;
    ret->in = fn_eval_vectors_view(v, n_people);
    rc = fn_verify(ret->d, p->n, 1e-3, &ret->v, err);
    rc = rc ? rc : fn_judge_brief(f, group, v, n_people, p, &ret->found, err);
    if (!rc)
        fn_figures_add(f, group, "tar_1e4", fn_tar_at_far(&ret->found.all, 1e-4, NULL),
                       (double)NAN, 4, "TAR at FAR 1e-4, all pairs of these pictures");
    return rc;
}

/* +1 or -1: B is better or worse by more than the error. 0: undecided. */
static int sign_of(const struct fn_interval *d)
{
    return d->low > 0 ? 1 : d->high < 0 ? -1 : 0;
}

static void say_verdict(char out[FN_VERDICT_MAX], int up, int down, const char *figures)
{
    const char *words = up && down ? "mixed: B is better by some figures, worse by others"
                        : up       ? "B is better"
                        : down     ? "B is worse"
                                   : "no difference beyond the error";
    (void)snprintf(out, FN_VERDICT_MAX, "%s (%s)", words, figures);
}

int fn_judge_difference(struct fn_figures *f, const struct fn_judged *a,
                        const struct fn_judged *b, size_t n_pairs, char verdict[FN_VERDICT_MAX],
                        struct fn_error *err)
{
    static const struct {
        double far;
        const char *key, *label;
    } at[] = {{1e-3, "tar_1e3", "TAR at FAR 1e-3, B less A"},
              {1e-4, "tar_1e4", "TAR at FAR 1e-4, B less A"}};
    const struct fn_all_pairs *const all[2] = {&a->found.all, &b->found.all};
    const struct fn_vectors *const in[2] = {&a->in, &b->in};
    const char *g = "difference";
    struct fn_paired p;
    struct fn_interval d[2];
    char text[120];
    int up = 0, down = 0, rc = fn_paired_accuracy(a->d, b->d, n_pairs, &a->v, &b->v, &p);
    if (rc)
        return fn_error_set(err, rc, "no pairs to compare on");
    fn_figures_add(f, g, "accuracy", p.accuracy.mean, p.accuracy.error, 4,
                   "accuracy, B less A, paired by fold");
    fn_figures_count(f, g, "gained", p.n_gained, "pairs that only B decides rightly");
    fn_figures_count(f, g, "lost", p.n_lost, "pairs that only A decides rightly");
    up += p.accuracy.mean > 2 * p.accuracy.error;
    down += p.accuracy.mean < -2 * p.accuracy.error;
    for (size_t i = 0; i < 2; i++) {
        rc = fn_tar_difference(all, in, at[i].far, FN_BOOTSTRAP_DEFAULT, 1, &d[i], err);
        if (rc)
            return rc;
        up += sign_of(&d[i]) > 0;
        down += sign_of(&d[i]) < 0;
        fn_figures_add(f, g, at[i].key, d[i].value, d[i].error, 4, at[i].label);
        (void)snprintf(text, sizeof text, "%s_low", at[i].key);
        fn_figures_add(f, g, text, d[i].low, (double)NAN, 4,
                       "  95 % of resampled people: from");
        (void)snprintf(text, sizeof text, "%s_high", at[i].key);
        fn_figures_add(f, g, text, d[i].high, (double)NAN, 4, "  to");
    }
    (void)snprintf(text, sizeof text, "accuracy %+.4f +- %.4f, TAR at 1e-3 %+.4f +- %.4f",
                   p.accuracy.mean, p.accuracy.error, d[0].value, d[0].error);
    say_verdict(verdict, up, down, text);
    return 0;
}
