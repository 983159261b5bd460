/* SPDX-License-Identifier: MIT */
/* fnq eval sensitivity: the same pairs with degraded pictures and shorter vectors. */
#include "cli/evaluating/eval_command.h"

struct options {
    struct fnl_eval_choice judge;
    const char *pairs, *people, *plot;
};
static const struct fn_opt table[] = {EVAL_PAIRS, EVAL_PEOPLE,  EVAL_MODEL,
                                      EVAL_PLOT,  EVAL_THREADS, OPT_END};

static int judge(struct fnl_eval *e, const struct fn_eval_set *set,
                 const struct fn_eval_pairs *pairs, struct fnq_eval_report *r,
                 struct fn_error *err)
{
    struct fnl_unchanged u = {0};
    struct fnl_sweep sweep[FNL_SWEEPS];
    int rc = fnl_eval_unchanged(e, set, pairs, &r->f, &u, err);
    rc = rc ? rc : fnl_eval_sensitivity(e, &u, &r->f, sweep, err);
    for (size_t i = 0; !rc && i < FNL_SWEEPS; i++)
        rc = fnq_chart_sweep(e, r, &sweep[i], set->n, pairs->n, err);
    fnl_unchanged_free(&u);
    return rc;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_eval e = {0};
    struct fnq_eval_report report = {.plot_dir = o->plot};
    struct fn_eval_set set = {0};
    struct fn_eval_pairs pairs = {0};
    if (argc != 1)
        return fnq_usage(ctx, "eval sensitivity: which folder?");
    int rc = fnq_eval_read_pairs(ctx, argv[0], o->pairs, o->people, &set, &pairs, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &o->judge, &e, &err);
    rc = rc ? rc : judge(&e, &set, &pairs, &report, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(ctx, &e, &report, "sensitivity", argv[0], "detect");
    fn_eval_set_free(&set);
    fn_eval_pairs_free(&pairs);
    fnq_report_finish(&report);
    fnq_eval_close(ctx, &e);
    return exit_code;
}

FNQ_COMMAND(eval_sensitivity) = {
    .name = "eval sensitivity",
    .args = "DIR",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "measure accuracy on degraded pictures",
    .details = "JPEG quality 10 to 90; the face's box scaled to 1,600 to 65,536 pixels; "
               "vectors reduced to 8 to 128 principal axes.",
    .examples = "fnq eval sensitivity lfw/ --plot charts\n",
    .operands = FNQ_COMPLETE_DIRS,
    FNQ_TYPED(eval_sensitivity, table),
};
