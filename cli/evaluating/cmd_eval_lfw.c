/* SPDX-License-Identifier: MIT */
/* fnq eval lfw: verification by the protocol of Labeled Faces in the Wild. */
#include "cli/evaluating/eval_command.h"

struct options {
    struct fnl_eval_choice judge;
    const char *pairs, *mode, *plot, *people, *slices;
};
static const struct fn_opt table[] = {EVAL_PAIRS,  EVAL_MODE,   EVAL_MODEL,   EVAL_PLOT,
                                      EVAL_PEOPLE, EVAL_SLICES, EVAL_THREADS, OPT_END};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_eval_set set = {0};
    struct fn_eval_pairs pairs = {0};
    struct fnq_pair_judgement how = {
        .protocol = "lfw", .slices = o->slices, .plot = o->plot, .fallback = true};
    if (argc != 1)
        return fnq_usage(ctx, "eval lfw: which folder?");
    if (fnq_eval_mode_of(o->mode, &how.mode))
        return fnq_eval_no_mode(ctx);
    how.what = argv[0];
    int rc = fnq_eval_read_pairs(ctx, argv[0], o->pairs, o->people, &set, &pairs, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_eval_pairs_run(ctx, &o->judge, &how, &set, &pairs);
    fn_eval_set_free(&set);
    fn_eval_pairs_free(&pairs);
    return exit_code;
}

FNQ_COMMAND(eval_lfw) = {
    .name = "eval lfw",
    .args = "DIR",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "measure accuracy as LFW does",
    .details = "DIR has a folder of pictures per person. Ten folds; the threshold of each "
               "comes from the other nine. "
               "A face that is not found is replaced by the fixed square, and counted.",
    .examples = "fnq eval lfw lfw/\n",
    .operands = FNQ_COMPLETE_DIRS,
    FNQ_TYPED(eval_lfw, table),
};
