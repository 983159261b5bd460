/* SPDX-License-Identifier: MIT */
/* fnq eval pairs: verification of listed pairs. */
#include "cli/evaluating/eval_command.h"

struct options {
    struct fnl_eval_choice judge;
    const char *mode, *plot, *slices;
};
static const struct fn_opt table[] = {EVAL_MODE,   EVAL_MODEL,   EVAL_PLOT,
                                      EVAL_SLICES, EVAL_THREADS, OPT_END};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_eval_set set = {0};
    struct fn_eval_pairs pairs = {0};
    struct fnq_pair_judgement how = {.protocol = "pairs", .slices = o->slices, .plot = o->plot};
    if (argc != 1)
        return fnq_usage(ctx, "eval pairs: which list?");
    if (fnq_eval_mode_of(o->mode, &how.mode))
        return fnq_eval_no_mode(ctx);
    how.what = argv[0];
    int rc = fn_eval_pairs_list(&set, argv[0], &pairs, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_eval_pairs_run(ctx, &o->judge, &how, &set, &pairs);
    fn_eval_set_free(&set);
    fn_eval_pairs_free(&pairs);
    return exit_code;
}

FNQ_COMMAND(eval_pairs) = {
    .name = "eval pairs",
    .args = "FILE",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "measure accuracy on listed pairs",
    .details =
        "Lines PATH,PATH,SAME[,FOLD]; SAME is 1 or 0. A face that is not found is an error.",
    .operands = FNQ_COMPLETE_FILES,
    .examples = "fnq eval pairs pairs.csv\n",
    FNQ_TYPED(eval_pairs, table),
};
