/* SPDX-License-Identifier: MIT */
/* Slices of pairs as groups of results; see judge.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/eval/judge.h"

struct rows {
    struct fn_figures *f;
    const struct fn_pair_d2 *d;
    size_t n;
    double fixed; /* one threshold for all slices */
    struct fn_error *err;
};

static int add_slice(const char *name, const size_t *pairs, size_t n, void *ctx)
{
    struct rows *w = ctx;
    struct fn_pair_d2 *d = calloc(n + 1, sizeof *d);
    struct fn_dists same = {0}, different = {0};
    if (!d)
        return fn_error_set(w->err, -ENOMEM, "out of memory");
    size_t n_same = 0;
    for (size_t i = 0; i < n; i++) {
        d[i] = w->d[pairs[i]];
        n_same += d[i].same;
    }
    double a = fn_pair_accuracy(d, n, w->fixed);
    int rc = fn_pairs_split(d, n, &same, &different);
    if (!rc) {
        fn_figures_count(w->f, name, "same", n_same, "genuine pairs");
        fn_figures_count(w->f, name, "different", n - n_same, "impostor pairs");
        fn_figures_add(w->f, name, "accuracy", a, sqrt(a * (1 - a) / (double)n), 4,
                       "accuracy at the threshold of all pairs");
        if (same.n)
            fn_figures_add(w->f, name, "accepted", fn_dists_share(&same, w->fixed), (double)NAN,
                           4, "genuine pairs accepted there");
        if (different.n)
            fn_figures_add(w->f, name, "far", fn_dists_share(&different, w->fixed), (double)NAN,
                           5, "impostor pairs accepted there");
    }
    fn_dists_free(&same);
    fn_dists_free(&different);
    free(d);
    return rc;
}

int fn_judge_slices(struct fn_figures *f, const struct fn_attributes *a,
                    const struct fn_eval_pairs *p, const struct fn_pair_d2 *d,
                    struct fn_error *err)
{
    struct fn_verification v;
    /* The best threshold of the whole list. A threshold for use is lower, and would show how
     * low it is instead of how the slices differ. */
    int rc = fn_verify(d, p->n, 1e-3, &v, err);
    if (rc)
        return rc;
    struct rows w = {f, d, p->n, v.best_threshold, err};
    fn_figures_add(f, "slices", "threshold", w.fixed, (double)NAN, 3,
                   "threshold for all slices (d2), best for all pairs");
    if (a->n_unknown)
        fn_figures_count(f, "slices", "unknown", a->n_unknown, "pictures that the table lacks");
    return fn_attributes_each_slice(a, p, add_slice, &w, err);
}
