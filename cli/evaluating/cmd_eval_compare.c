/* SPDX-License-Identifier: MIT */
/* fnq eval compare: whether one model is better than another on the same pictures and pairs, by
 * more than the statistical error. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/evaluating/eval_command.h"
#include "engine/model/look_up.h"

struct options {
    struct fnl_eval_choice judge;
    const char *pairs, *people, *mode, *plot;
};
static const struct fn_opt table[] = {
    EVAL_PAIRS,
    EVAL_PEOPLE,
    EVAL_MODE,
    OPT_TEXT(judge.profile, "profile", 0, "NAME",
             "profile with the detector and landmarks for a model file"),
    EVAL_FLIP,
    EVAL_PLOT,
    EVAL_THREADS,
    OPT_END};

struct job {
    struct fn_eval_set set;
    struct fn_eval_pairs pairs;
    struct side {
        char group[48];
        struct fn_eval_vectors x;
        struct fn_judged found;
    } side[2];
};

static void job_free(struct job *j)
{
    for (int k = 0; k < 2; k++) {
        fn_eval_vectors_free(&j->side[k].x);
        fn_judged_free(&j->side[k].found);
    }
    fn_eval_set_free(&j->set);
    fn_eval_pairs_free(&j->pairs);
    free(j);
}

/* A model is a file (.fnm, or a path) or the name of a profile. */
static int open_side(struct fnq_ctx *ctx, const struct options *o, const char *operand,
                     struct fnl_eval *e, struct fn_error *err)
{
    struct fnl_eval_choice judge = o->judge;
    if (fn_model_is_path(operand))
        judge.model = operand;
    else
        judge.profile = operand;
    return fnq_eval_open(ctx, &judge, e, err);
}

static int judge_side(struct fnl_eval *e, struct job *j, struct side *s,
                      enum fnl_eval_mode mode, struct fnq_eval_report *r, struct fn_error *err)
{
    int rc = fnl_eval_set_vectors(e, &j->set, mode, false, &s->x, err);
    return rc ? rc
              : fn_judge_model(&r->f, s->group, &s->x, j->set.n_people, &j->pairs, &s->found,
                               err);
}

static int compare(const struct job *j, struct fnq_eval_report *r, struct fn_error *err)
{
    const struct side *a = &j->side[0], *b = &j->side[1];
    const struct fnq_eval_named named[] = {{a->group, &a->found.found},
                                           {b->group, &b->found.found}};
    int rc = fn_judge_difference(&r->f, &a->found, &b->found, j->pairs.n, r->verdict, err);
    return rc ? rc
              : fnq_chart_rocs(r, "compare", "ROC of two models on the same pictures", named, 2,
                               j->set.n_people, err);
}

/* The last model stays open: the report names its folder of pictures and counts failures. */
static int judge_both(struct fnq_ctx *ctx, const struct options *o, char **argv, struct job *j,
                      enum fnl_eval_mode mode, struct fnl_eval *e, struct fnq_eval_report *r,
                      struct fn_error *err)
{
    size_t n_failed = 0;
    int rc = fnq_eval_read_pairs(ctx, argv[0], o->pairs, o->people, &j->set, &j->pairs, err);
    for (int k = 0; !rc && k < 2; k++) {
        struct side *s = &j->side[k];
        rc = open_side(ctx, o, argv[k + 1], e, err);
        if (rc)
            return rc;
        (void)snprintf(s->group, sizeof s->group, "%c %.40s", "AB"[k], e -> embedder);
        fnq_report_model(r, e);
        rc = judge_side(e, j, s, mode, r, err);
        if (k == 0) {
            n_failed = e->n_failed;
            fnq_eval_close(ctx, e);
        }
    }
    rc = rc ? rc : compare(j, r, err);
    e->n_failed = e->n_failed > n_failed ? e->n_failed : n_failed;
    return rc;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fnq_eval_report report = {.plot_dir = o->plot};
    struct fnl_eval e = {0};
    struct fn_error err = {0};
    struct fnq_eval_mode mode;
    if (argc != 3)
        return fnq_usage(ctx, "eval compare: which folder, and which two models?");
    if (fnq_eval_mode_of(o->mode, &mode))
        return fnq_eval_no_mode(ctx);
    struct job *j = calloc(1, sizeof *j);
    if (!j)
        return fnq_say(FN_EXIT_SYSTEM, "out of memory.");
    int rc = judge_both(ctx, o, argv, j, mode.mode, &e, &report, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(ctx, &e, &report, "compare", argv[0], mode.name);
    fnq_eval_close(ctx, &e);
    job_free(j);
    fnq_report_finish(&report);
    return exit_code;
}

FNQ_COMMAND(eval_compare) = {
    .name = "eval compare",
    .args = "DIR A B",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "decide which of two models is better",
    .details = "A and B are names of profiles or embedders (.fnm). Both get the same pictures "
               "and pairs. Prints the differences with their errors, and a verdict.",
    .examples = "fnq eval compare lfw/ default dlib\n",
    .operands = FNQ_COMPLETE_FILES,
    FNQ_TYPED(eval_compare, table),
};
