/* SPDX-License-Identifier: MIT */
/* The three charts of an evaluation: ROC, rates by threshold, distances. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/evaluating/eval_report.h"
#include "engine/draw/plot.h"

enum { STEPS = 4001, BARS = 80 };

struct curves {
    double t[STEPS], tar[STEPS], far[STEPS], wrong[STEPS]; /* at thresholds 0 .. 4 */
    double frr[STEPS];
    double edge[BARS + 1], same[BARS], different[BARS]; /* shares of pairs */
    double least_far;                                   /* one impostor pair */
    double threshold;                                   /* drawn as a mark; NAN: none */
    const char *threshold_name;
    char title[160], subtitle[160];
};

int fnq_chart_save(struct fnq_eval_report *r, const struct fn_plot *p, const char *name,
                   struct fn_error *err)
{
    static const char *const ends[] = {"svg", "png"};
    char path[FN_PATH_MAX];
    int rc = fn_plot_save(p, r->plot_dir, name, err);
    for (size_t i = 0; !rc && i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s.%s", r->plot_dir, name, ends[i]);
        r->plots = r->plots ? r->plots : json_array();
        if (json_array_append_new(r->plots, fnq_json_bytes(path)) < 0)
            r->failed = true;
    }
    return rc;
}

static int chart_roc(struct fnq_eval_report *r, const struct curves *c, const char *title,
                     struct fn_error *err)
{
    double least = 1;
    for (size_t i = 0; i < STEPS; i++)
        if (c->far[i] >= 1e-5 || c->far[i] >= c->least_far)
            least = fmin(least, c->tar[i]);
    const struct fn_plot_series s = {NULL,  c->far,       c->tar,
                                     STEPS, FN_PLOT_LINE, fn_plot_colours[0]};
    const struct fn_plot_mark m = {"FAR 1e-3", 1e-3, fn_plot_colours[1]};
    double lo = pow(10, floor(log10(fmax(c->least_far, 1e-6))));
    const struct fn_plot p = {
        .title = title,
        .subtitle = c->subtitle,
        .x = {.title = "impostor pairs accepted (false accept rate)",
              .lo = lo,
              .hi = 1,
              .log = true},
        .y = {.title = "genuine pairs accepted", .lo = floor(least * 20) / 20, .hi = 1},
        .series = &s,
        .n_series = 1,
        .marks = &m,
        .n_marks = 1};
    struct fn_plot q = p;
    if (q.y.lo >= 1)
        q.y.lo = .95;
    return fnq_chart_save(r, &q, "roc", err);
}

static int chart_thresholds(struct fnq_eval_report *r, const struct curves *c, bool with_wrong,
                            const char *title, struct fn_error *err)
{
    const struct fn_plot_series s[] = {
        {"impostor pairs accepted", c->t, c->far, STEPS, FN_PLOT_LINE, fn_plot_colours[1]},
        {"genuine pairs rejected", c->t, c->frr, STEPS, FN_PLOT_LINE, fn_plot_colours[0]},
        {"all pairs decided wrongly", c->t, c->wrong, STEPS, FN_PLOT_DASHES,
         fn_plot_colours[2]}};
    const struct fn_plot_mark m = {c->threshold_name, c->threshold, {60, 60, 60}};
    const struct fn_plot p = {
        .title = title,
        .subtitle = c->subtitle,
        .x = {.title = "threshold (squared distance of unit vectors)", .lo = 0, .hi = 4},
        .y = {.title = "share of pairs",
              .lo = fmax(pow(10, floor(log10(fmax(c->least_far, 1e-6)))), 1e-6),
              .hi = 1,
              .log = true},
        .series = s,
        .n_series = with_wrong ? 3 : 2,
        .marks = &m,
        .n_marks = !isnan(c->threshold),
        .legend_low = true};
    return fnq_chart_save(r, &p, "thresholds", err);
}

static int chart_distances(struct fnq_eval_report *r, const struct curves *c, const char *title,
                           struct fn_error *err)
{
    const struct fn_plot_series s[] = {
        {"same person", c->edge, c->same, BARS, FN_PLOT_BARS, fn_plot_colours[0]},
        {"different people", c->edge, c->different, BARS, FN_PLOT_BARS, fn_plot_colours[1]}};
    const struct fn_plot_mark m = {c->threshold_name, c->threshold, {60, 60, 60}};
    const struct fn_plot p = {
        .title = title,
        .subtitle = c->subtitle,
        .x = {.title = "squared distance of unit vectors", .lo = 0, .hi = 4},
        .y = {.title = "share of the pairs of its kind, per 0.05"},
        .series = s,
        .n_series = 2,
        .marks = &m,
        .n_marks = !isnan(c->threshold)};
    return fnq_chart_save(r, &p, "distances", err);
}

/* The part that does not depend on the source: the grids. */
static struct curves *new_curves(void)
{
    struct curves *c = calloc(1, sizeof *c);
    for (size_t i = 0; c && i < STEPS; i++)
        c->t[i] = 4.0 * (double)i / (STEPS - 1);
    for (size_t i = 0; c && i <= BARS; i++)
        c->edge[i] = 4.0 * (double)i / BARS;
    return c;
}

static void describe(struct curves *c, const struct fnl_eval *e, size_t n_same,
                     unsigned long long n_different)
{
    char same[32], different[32];
    fnq_thousands(same, sizeof same, n_same);
    fnq_thousands(different, sizeof different, n_different);
    (void)snprintf(c->subtitle, sizeof c->subtitle, "%.40s, %s genuine and %s impostor pairs",
                   e->embedder, same, different);
    c->least_far = n_different ? 1 / (double)n_different : 1e-3;
}

int fnq_chart_pairs(const struct fnl_eval *e, struct fnq_eval_report *r,
                    const struct fn_verification *v, const struct fn_dists *same,
                    const struct fn_dists *different, double fixed, struct fn_error *err)
{
    if (!r->plot_dir)
        return 0;
    struct curves *c = new_curves();
    if (!c)
        return fn_error_set(err, -ENOMEM, "out of memory");
    describe(c, e, same->n, different->n);
    double n = (double)(same->n + different->n);
    for (size_t i = 0; i < STEPS; i++) {
        c->tar[i] = fn_dists_share(same, c->t[i]);
        c->far[i] = fn_dists_share(different, c->t[i]);
        c->frr[i] = 1 - c->tar[i];
        c->wrong[i] =
            (c->frr[i] * (double)same->n + c->far[i] * (double)different->n) / fmax(n, 1);
    }
    for (size_t i = 0; i < BARS; i++) {
        c->same[i] = fn_dists_share(same, c->edge[i + 1]) - fn_dists_share(same, c->edge[i]);
        c->different[i] =
            fn_dists_share(different, c->edge[i + 1]) - fn_dists_share(different, c->edge[i]);
    }
    c->threshold = isnan(fixed) ? v->best_threshold : fixed;
    c->threshold_name = isnan(fixed) ? "best threshold" : "threshold of the profile";
    (void)snprintf(c->title, sizeof c->title, "ROC: area %.5f, VAL %.4f at FAR 1e-3", v->auc,
                   v->val.mean);
    int rc = chart_roc(r, c, c->title, err);
    (void)snprintf(c->title, sizeof c->title, "Errors by threshold: accuracy %.4f +- %.4f",
                   v->accuracy.mean, v->accuracy.error);
    rc = rc ? rc : chart_thresholds(r, c, true, c->title, err);
    (void)snprintf(c->title, sizeof c->title, "Distances of pairs: equal error rate %.4f",
                   v->eer);
    rc = rc ? rc : chart_distances(r, c, c->title, err);
    free(c);
    return rc;
}

int fnq_chart_identities(const struct fnl_eval *e, struct fnq_eval_report *r,
                         const struct fn_all_pairs *p, struct fn_error *err)
{
    if (!r->plot_dir)
        return 0;
    struct curves *c = new_curves();
    if (!c)
        return fn_error_set(err, -ENOMEM, "out of memory");
    describe(c, e, p->same.n, (unsigned long long)p->n_different);
    double all = p->n_different ? (double)p->n_different : 1;
    uint64_t sum = 0;
    for (size_t i = 0, bin = 0; i < STEPS; i++) {
        for (; bin < FN_D2_BINS && ((double)bin + 1) * 4 / FN_D2_BINS <= c->t[i]; bin++)
            sum += p->different_bins[bin];
        c->tar[i] = fn_dists_share(&p->same, c->t[i]);
        c->far[i] = (double)sum / all;
        c->frr[i] = 1 - c->tar[i];
    }
    for (size_t bin = 0; bin < FN_D2_BINS; bin++)
        c->different[bin * BARS / FN_D2_BINS] += (double)p->different_bins[bin] / all;
    for (size_t i = 0; i < BARS; i++)
        c->same[i] =
            fn_dists_share(&p->same, c->edge[i + 1]) - fn_dists_share(&p->same, c->edge[i]);
    c->threshold = (double)NAN;
    c->threshold_name = "FAR 1e-3";
    double tar = fn_tar_at_far(p, 1e-3, &c->threshold);
    (void)snprintf(c->title, sizeof c->title, "ROC: TAR %.4f at FAR 1e-3, all pairs", tar);
    int rc = chart_roc(r, c, c->title, err);
    (void)snprintf(c->title, sizeof c->title, "Errors by threshold: FAR 1e-3 at %.3f",
                   c->threshold);
    rc = rc ? rc : chart_thresholds(r, c, false, c->title, err);
    (void)snprintf(c->title, sizeof c->title, "Distances of all pairs: TAR %.4f at FAR 1e-3",
                   tar);
    rc = rc ? rc : chart_distances(r, c, c->title, err);
    free(c);
    return rc;
}
