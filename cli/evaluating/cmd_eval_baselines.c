/* SPDX-License-Identifier: MIT */
/* fnq eval baselines: simple methods for comparison with a network. */
#include "cli/evaluating/eval_command.h"

struct options {
    struct fnl_eval_choice judge;
    const char *pairs, *people, *train, *plot;
};
static const struct fn_opt table[] = {
    EVAL_PAIRS,
    EVAL_PEOPLE,
    OPT_TEXT(train, "train", 0, "DIR",
             "pictures to compute the eigenfaces from (default: those of DIR)"),
    EVAL_MODEL,
    EVAL_PLOT,
    EVAL_THREADS,
    OPT_END};

static int judge(struct fnl_eval *e, const struct fn_eval_set *set,
                 const struct fn_eval_pairs *pairs, const char *train,
                 struct fnq_eval_report *r, struct fn_error *err)
{
    struct fnl_unchanged u = {0};
    struct fn_brief found[2] = {0};
    int rc = fnl_eval_unchanged(e, set, pairs, &r->f, &u, err);
    rc = rc ? rc : fnl_eval_baselines(e, &u, train, &r->f, found, err);
    const struct fnq_eval_named all[] = {
        {e->embedder, &u.found}, {"eigenfaces", &found[1]}, {"raw pixels", &found[0]}};
    rc = rc ? rc
            : fnq_chart_rocs(r, "baselines", "ROC of the model and of the baselines", all, 3,
                             set->n_people, err);
    fn_all_pairs_free(&found[0].all);
    fn_all_pairs_free(&found[1].all);
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
        return fnq_usage(ctx, "eval baselines: which folder?");
    int rc = fnq_eval_read_pairs(ctx, argv[0], o->pairs, o->people, &set, &pairs, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &o->judge, &e, &err);
    rc = rc ? rc : judge(&e, &set, &pairs, o->train, &report, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(ctx, &e, &report, "baselines", argv[0], "detect");
    fn_eval_set_free(&set);
    fn_eval_pairs_free(&pairs);
    fnq_report_finish(&report);
    fnq_eval_close(ctx, &e);
    return exit_code;
}

FNQ_COMMAND(eval_baselines) = {
    .name = "eval baselines",
    .args = "DIR",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "measure simple methods, to compare",
    .details = "Simple methods for comparison: aligned grey chips of 64 x 64 pixels, and their "
               "first 128 principal axes.",
    .examples = "fnq eval baselines lfw/\n",
    .operands = FNQ_COMPLETE_DIRS,
    FNQ_TYPED(eval_baselines, table),
};
