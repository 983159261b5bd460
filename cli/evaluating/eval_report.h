/* SPDX-License-Identifier: MIT */
/* The results of an evaluation, printed as a table or as JSON, and its charts. */
#ifndef FN_CLI_EVALUATING_EVAL_REPORT_H
#define FN_CLI_EVALUATING_EVAL_REPORT_H

#include "cli/library/eval_protocols.h"
#include "cli/program/fnq.h"

struct fnq_eval_report {
    struct fn_figures f;
    const char *plot_dir; /* folder for charts; NULL: none are drawn */
    json_t *plots;        /* paths */
    json_t *models;       /* of a comparison */
    char verdict[FN_VERDICT_MAX];
    bool failed;
};
void fnq_report_finish(struct fnq_eval_report *r);
/* Adds one of the models of a comparison. Without it, the report names the model that is
 * evaluated. */
void fnq_report_model(struct fnq_eval_report *r, const struct fnl_eval *e);
/* Prints everything; returns the exit code. n_failed: pictures that failed. */
FN_NODISCARD int fnq_report_print(struct fnq_ctx *ctx, const struct fnl_eval *e,
                                  const struct fnq_eval_report *r, const char *protocol,
                                  const char *what, const char *mode);

/* ---- charts (eval_charts.c, eval_charts_sweep.c): they do nothing without plot_dir ---- */

/* Adds the paths of the written files to r. */
struct fn_plot;
FN_NODISCARD int fnq_chart_save(struct fnq_eval_report *r, const struct fn_plot *p,
                                const char *name, struct fn_error *err);
/* ROC, rates by threshold, distances. */
FN_NODISCARD int fnq_chart_pairs(const struct fnl_eval *e, struct fnq_eval_report *r,
                                 const struct fn_verification *v, const struct fn_dists *same,
                                 const struct fn_dists *different, double fixed,
                                 struct fn_error *err);
FN_NODISCARD int fnq_chart_identities(const struct fnl_eval *e, struct fnq_eval_report *r,
                                      const struct fn_all_pairs *p, struct fn_error *err);
/* The ROC curves of several models over the same pictures. */
struct fnq_eval_named {
    const char *name;
    const struct fn_brief *found;
};
enum { FNQ_CHART_ROCS_MAX = 4 };
FN_NODISCARD int fnq_chart_rocs(struct fnq_eval_report *r, const char *name, const char *title,
                                const struct fnq_eval_named *v, size_t n, size_t n_people,
                                struct fn_error *err);
FN_NODISCARD int fnq_chart_sweep(const struct fnl_eval *e, struct fnq_eval_report *r,
                                 const struct fnl_sweep *s, size_t n_pictures, size_t n_pairs,
                                 struct fn_error *err);
FN_NODISCARD int fnq_chart_joins(const struct fnl_eval *e, struct fnq_eval_report *r,
                                 const struct fnl_clusters *j, struct fn_error *err);

#endif
