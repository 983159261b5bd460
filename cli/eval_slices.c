/* SPDX-License-Identifier: MIT */
/* --slices: the table comes from engine/eval/slices.h; here its slices become rows of a report.
 */
#include "cli/eval_slices.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/eval/slices.h"

struct rows {
    struct fnq_eval *e;
    struct fnq_eval_report *r;
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
        fnq_report_count(w->r, name, "same", n_same, "genuine pairs");
        fnq_report_count(w->r, name, "different", n - n_same, "impostor pairs");
        fnq_report_add(w->r, name, "accuracy", a, sqrt(a * (1 - a) / (double)n), 4,
                       "accuracy at the threshold of all pairs");
        if (same.n)
            fnq_report_add(w->r, name, "accepted", fn_dists_share(&same, w->fixed), (double)NAN,
                           4, "genuine pairs accepted there");
        if (different.n)
            fnq_report_add(w->r, name, "far", fn_dists_share(&different, w->fixed), (double)NAN,
                           5, "impostor pairs accepted there");
    }
    fn_dists_free(&same);
    fn_dists_free(&different);
    free(d);
    return rc;
}

int fnq_report_slices(struct fnq_eval *e, struct fnq_eval_report *r,
                      const struct fn_eval_set *s, const struct fn_eval_pairs *p,
                      const struct fn_pair_d2 *d, struct fn_error *err)
{
    struct fn_attributes a = {0};
    struct fn_verification v;
    struct rows w = {e, r, d, p->n, (double)NAN, err};
    int rc = fn_attributes_read(&a, s, e->ctx->o.slices, err);
    /* The best one of the whole list: a threshold for use is stricter and would show how strict
     * it is, not how the slices differ. */
    if (!rc && (rc = fn_verify(d, p->n, 1e-3, &v, err)) == 0)
        w.fixed = v.best_threshold;
    if (!rc)
        fnq_report_add(r, "slices", "threshold", w.fixed, (double)NAN, 3,
                       "threshold for all slices (d2), best for all pairs");
    if (!rc && a.n_unknown)
        fnq_report_count(r, "slices", "unknown", a.n_unknown, "pictures that the table lacks");
    rc = rc ? rc : fn_attributes_each_slice(&a, p, add_slice, &w, err);
    fn_attributes_free(&a);
    return rc;
}
