/* SPDX-License-Identifier: MIT */
/* fnq eval identities: all pairs of faces of known people, and whose face is the nearest. */
#include "cli/evaluating/eval_command.h"

struct options {
    struct fnl_eval_choice judge;
    const char *mode, *plot, *people;
};
static const struct fn_opt table[] = {EVAL_MODE,   EVAL_MODEL,   EVAL_PLOT,
                                      EVAL_PEOPLE, EVAL_THREADS, OPT_END};

static int judge(struct fnl_eval *e, struct fnq_eval_report *r, const struct fn_eval_set *set,
                 enum fnl_eval_mode mode, struct fn_error *err)
{
    struct fn_eval_vectors v = {0};
    struct fn_all_pairs all = {0};
    int rc = fnl_eval_set_vectors(e, set, mode, false, &v, err);
    if (rc)
        return rc;
    const struct fn_vectors x = fn_eval_vectors_view(&v, set->n_people);
    fn_figures_count(&r->f, "identities", "missed", v.n_missed, "pictures without a face");
    rc = fn_judge_identities(&r->f, &x, &all, err);
    rc = rc ? rc : fnq_chart_identities(e, r, &all, err);
    fn_all_pairs_free(&all);
    fn_eval_vectors_free(&v);
    return rc;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_eval e = {0};
    struct fnq_eval_report report = {.plot_dir = o->plot};
    struct fn_eval_set set = {0};
    struct fnq_eval_mode mode;
    if (argc != 1)
        return fnq_usage(ctx, "eval identities: which folder?");
    if (fnq_eval_mode_of(o->mode, &mode))
        return fnq_eval_no_mode(ctx);
    int rc = fn_eval_set_folders(&set, argv[0], o->people, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &o->judge, &e, &err);
    rc = rc ? rc : judge(&e, &report, &set, mode.mode, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(ctx, &e, &report, "identities", argv[0], mode.name);
    fn_eval_set_free(&set);
    fnq_report_finish(&report);
    fnq_eval_close(ctx, &e);
    return exit_code;
}

FNQ_COMMAND(eval_identities) = {
    .name = "eval identities",
    .args = "DIR",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "measure accuracy on all pairs of people",
    .details = "TAR at FAR 1e-3 and 1e-4 over all impostor pairs, with the spread over "
               "resampled people; rank 1.",
    .examples = "fnq eval identities people/\n",
    .operands = FNQ_COMPLETE_DIRS,
    FNQ_TYPED(eval_identities, table),
};
