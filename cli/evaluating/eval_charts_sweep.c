/* SPDX-License-Identifier: MIT */
/* Charts of many evaluations: several models, a property degraded step by step, a range of
 * thresholds. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evaluating/eval_report.h"
#include "engine/draw/plot.h"

/* ---- several models ---- */

enum { STEPS = 400 };

struct roc {
    double far[STEPS], tar[STEPS];
    char label[96];
};

/* At false-accept rates evenly spaced by their logarithm. Rates beyond the tail are read from
 * the bins. */
static void trace(const struct fnq_eval_named *m, double lo, struct roc *ret)
{
    const struct fn_all_pairs *p = &m->found->all;
    double all = p->n_different ? (double)p->n_different : 1, sum = 0;
    size_t bin = 0;
    for (size_t i = 0; i < STEPS; i++) {
        double far = pow(10, log10(lo) * (1 - (double)i / (STEPS - 1))), t = 0;
        for (; bin < FN_D2_BINS && sum + (double)p->different_bins[bin] <= far * all; bin++)
            sum += (double)p->different_bins[bin];
        if (isnan(fn_tar_at_far(p, far, &t)))
            t = (double)bin * 4 / FN_D2_BINS;
        ret->far[i] = far;
        ret->tar[i] = fn_dists_share(&p->same, t);
    }
    size_t length = strcspn(m->name, ".");
    (void)snprintf(ret->label, sizeof ret->label, "%.*s: %.3f",
                   (int)(length < 40 ? length : 40), m->name, m->found->tar.value);
}

int fnq_chart_rocs(struct fnq_eval_report *r, const char *name, const char *title,
                   const struct fnq_eval_named *v, size_t n, size_t n_people,
                   struct fn_error *err)
{
    struct fn_plot_series s[FNQ_CHART_ROCS_MAX];
    char subtitle[160], different[32];
    if (!r->plot_dir)
        return 0;
    struct roc *c = calloc(FNQ_CHART_ROCS_MAX, sizeof *c);
    if (!c)
        return fn_error_set(err, -ENOMEM, "out of memory");
    n = n < FNQ_CHART_ROCS_MAX ? n : FNQ_CHART_ROCS_MAX;
    double pairs = (double)v[0].found->all.n_different;
    double lo = pow(10, ceil(log10(fmax(1 / fmax(pairs, 10), 1e-6)) - 1e-9));
    for (size_t i = 0; i < n; i++) {
        trace(&v[i], lo, &c[i]);
        s[i] = (struct fn_plot_series){c[i].label, c[i].far,     c[i].tar,
                                       STEPS,      FN_PLOT_LINE, fn_plot_colours[i]};
    }
    fnq_thousands(different, sizeof different, v[0].found->all.n_different);
    (void)snprintf(subtitle, sizeof subtitle,
                   "%zu people, %s impostor pairs; legend: genuine pairs accepted at FAR 1e-3",
                   n_people, different);
    const struct fn_plot_mark m = {"FAR 1e-3", 1e-3, {60, 60, 60}};
    const struct fn_plot p = {.title = title,
                              .subtitle = subtitle,
                              .x = {.title = "impostor pairs accepted (false accept rate)",
                                    .lo = lo,
                                    .hi = 1,
                                    .log = true},
                              .y = {.title = "genuine pairs accepted", .lo = 0, .hi = 1},
                              .series = s,
                              .n_series = n,
                              .marks = &m,
                              .n_marks = 1,
                              .legend_left = true,
                              .legend_middle = true};
    int rc = fnq_chart_save(r, &p, name, err);
    free(c);
    return rc;
}

/* ---- degraded pictures ---- */

int fnq_chart_sweep(const struct fnl_eval *e, struct fnq_eval_report *r,
                    const struct fnl_sweep *w, size_t n_pictures, size_t n_pairs,
                    struct fn_error *err)
{
    enum { SERIES_MAX = 6 + 2 * FNL_SWEEP_MAX };
    static const char *const labels[] = {"accuracy of the listed pairs",
                                         "TAR at FAR 1e-3, all pairs"};
    static const char *const as_labels[] = {"accuracy, unchanged pictures",
                                            "TAR, unchanged pictures"};
    struct fn_plot_series s[SERIES_MAX];
    double y[2][FNL_SWEEP_MAX], bar_x[FNL_SWEEP_MAX][2], bar[2][FNL_SWEEP_MAX][2];
    double least = 1, ends[2] = {0, 0}, as_is[2][2];
    char title[160], subtitle[160], name[48];
    size_t n = 0;
    if (!r->plot_dir || !w->n)
        return 0;
    /* A little room on both sides, so that the first and the last bar do not touch the frame.
     */
    double room = w->log ? pow(w->x[w->n - 1] / w->x[0], .04) : 4;
    ends[0] = w->log ? w->x[0] / room : w->x[0] - room;
    ends[1] = w->log ? w->x[w->n - 1] * room : w->x[w->n - 1] + room;
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < w->n; i++) {
            double v = k ? w->tar[i].value : w->accuracy[i].mean;
            double d = k ? w->tar[i].error : w->accuracy[i].error;
            y[k][i] = v;
            bar_x[i][0] = bar_x[i][1] = w->x[i];
            bar[k][i][0] = v - d;
            bar[k][i][1] = v + d;
            least = isfinite(v - d) ? fmin(least, v - d) : least;
            s[n++] = (struct fn_plot_series){NULL, bar_x[i],     bar[k][i],
                                             2,    FN_PLOT_LINE, fn_plot_colours[k]};
        }
        as_is[k][0] = as_is[k][1] = k ? w->as_tar : w->as_accuracy;
        s[n++] = (struct fn_plot_series){labels[k], w->x,         y[k],
                                         w->n,      FN_PLOT_LINE, fn_plot_colours[k]};
        s[n++] =
            (struct fn_plot_series){NULL, w->x, y[k], w->n, FN_PLOT_DOTS, fn_plot_colours[k]};
    }
    for (size_t k = 0; k < 2; k++)
        s[n++] = (struct fn_plot_series){as_labels[k],      ends, as_is[k], 2, FN_PLOT_DASHES,
                                         fn_plot_colours[k]};
    (void)snprintf(title, sizeof title, "%s: TAR %.3f at %g, %.3f at %g", w->what,
                   w->tar[0].value, w->x[0], w->tar[w->n - 1].value, w->x[w->n - 1]);
    (void)snprintf(subtitle, sizeof subtitle,
                   "%.40s, %zu pictures, %zu pairs; bars: standard errors", e->embedder,
                   n_pictures, n_pairs);
    (void)snprintf(name, sizeof name, "sensitivity-%s", w->name);
    struct fn_plot p = {
        .title = title,
        .subtitle = subtitle,
        .x = {w->x_title, ends[0], ends[1], w->log, w->x, w->n},
        .y = {.title = "share of pairs", .lo = fmax(0, floor(least * 20) / 20), .hi = 1},
        .series = s,
        .n_series = n,
        .legend_low = true};
    return fnq_chart_save(r, &p, name, err);
}

/* ---- clusters ---- */

int fnq_chart_joins(const struct fnl_eval *e, struct fnq_eval_report *r,
                    const struct fnl_clusters *j, struct fn_error *err)
{
    static const char *const labels[] = {"precision of pairs", "recall of pairs", "F of pairs",
                                         "BCubed F"};
    double y[4][FNL_JOINS_MAX], best = -1, at = 0;
    struct fn_plot_series s[4];
    char title[160], subtitle[160];
    if (!r->plot_dir)
        return 0;
    for (size_t i = 0; i < j->n; i++) {
        const struct fn_partition_score *p = &j->at[i];
        const double v[4] = {p->precision, p->recall, p->f, p->b3_f};
        for (size_t k = 0; k < 4; k++)
            y[k][i] = v[k];
        if (p->b3_f > best) {
            best = p->b3_f;
            at = j->t[i];
        }
    }
    for (size_t k = 0; k < 4; k++)
        s[k] = (struct fn_plot_series){
            labels[k],         j->t, y[k], j->n, k == 3 ? FN_PLOT_DASHES : FN_PLOT_LINE,
            fn_plot_colours[k]};
    const struct fn_plot_mark m = {"threshold in use", (double)j->used.group_d2, {60, 60, 60}};
    (void)snprintf(title, sizeof title,
                   "Clusters by the threshold that joins them: best BCubed F %.4f at %.2f",
                   best, at);
    (void)snprintf(subtitle, sizeof subtitle,
                   "%.40s, %zu pictures of %zu people, one face of each evaluated", e->embedder,
                   j->at[0].n, j->at[0].n_people);
    const struct fn_plot p = {.title = title,
                              .subtitle = subtitle,
                              .x = {.title = "threshold (mean squared distance of clusters)"},
                              .y = {.title = "share", .lo = 0, .hi = 1},
                              .series = s,
                              .n_series = 4,
                              .marks = &m,
                              .n_marks = 1,
                              .legend_low = true,
                              .marks_low = true};
    return fnq_chart_save(r, &p, "clusters", err);
}
