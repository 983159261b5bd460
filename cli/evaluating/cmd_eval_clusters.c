/* SPDX-License-Identifier: MIT */
/* fnq eval clusters: how well clusters agree with people. */
#include <stdlib.h>

#include "cli/evaluating/eval_command.h"

struct options {
    struct fnl_eval_choice judge;
    const char *people, *plot;
};
static const struct fn_opt table[] = {EVAL_MODEL, EVAL_PEOPLE, EVAL_PLOT, EVAL_THREADS,
                                      OPT_END};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_eval e = {0};
    struct fnq_eval_report report = {.plot_dir = o->plot};
    struct fn_eval_set set = {0};
    struct fnl_clusters c = {0};
    if (argc != 1)
        return fnq_usage(ctx, "eval clusters: which folder?");
    int rc = fn_eval_set_folders(&set, argv[0], o->people, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &o->judge, &e, &err);
    rc = rc ? rc : fnl_eval_clusters(&e, &set, o->plot, &report.f, &c, &err);
    if (!rc && c.chosen)
        fnq_note(ctx,
                 "the model has no thresholds. They were chosen on these pictures, so the "
                 "results are optimistic: pairs %.3f, clusters %.3f",
                 (double)c.used.pair_d2, (double)c.used.group_d2);
    rc = rc ? rc : fnq_chart_joins(&e, &report, &c, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(ctx, &e, &report, "clusters", argv[0], NULL);
    fn_eval_set_free(&set);
    fnq_report_finish(&report);
    fnq_eval_close(ctx, &e);
    return exit_code;
}

FNQ_COMMAND(eval_clusters) = {
    .name = "eval clusters",
    .args = "DIR",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "measure how well clusters match people",
    .details = "All faces of the pictures are clustered as in an index; the central one of "
               "each is evaluated.",
    .examples = "fnq eval clusters people/ --plot charts\n",
    .operands = FNQ_COMPLETE_DIRS,
    FNQ_TYPED(eval_clusters, table),
};
