/* SPDX-License-Identifier: MIT */
/* fnq eval calibrate: a model's thresholds, measured and written into it. */
#include "cli/evaluating/eval_command.h"
#include "cli/print/calibration_json.h"
#include "engine/eval/calibrate.h"

struct options {
    struct fnl_eval_choice judge;
    const char *mode, *people;
};
static const struct fn_opt table[] = {
    EVAL_MODE, EVAL_PEOPLE, EVAL_THREADS,
    OPT_FLAG(judge.flip, "flip", 0,
             "for vectors that are the mean of the face and the mirrored face"),
    OPT_END};

static void report(struct fnq_ctx *ctx, const char *path, const struct fn_calibration *c)
{
    char text[320];
    json_t *o = json_object();
    fn_calibration_text(c, text, sizeof text);
    fnq_set_path(o, path);
    fnq_set(o, "calibration", fnq_calibration_json(c));
    if (fnq_out_is_json(&ctx->out)) {
        fnq_json_one(&ctx->out, "fnq.calibration/1", o);
        return;
    }
    json_decref(o);
    fnq_text(&ctx->out, "%s\n", text);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_eval e = {0};
    struct fnl_eval_choice judge = o->judge;
    struct fn_eval_set set = {0};
    struct fn_calibration c = {0};
    struct fnq_eval_mode mode;
    if (argc != 2)
        return fnq_usage(ctx, "eval calibrate: which model, on which folder?");
    if (fnq_eval_mode_of(o->mode, &mode))
        return fnq_eval_no_mode(ctx);
    judge.model = argv[0];
    int rc = fn_eval_set_folders(&set, argv[1], o->people, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &judge, &e, &err);
    rc = rc ? rc : fnl_eval_calibrate(&e, &set, mode.mode, &c, &err);
    size_t failed = e.n_failed;
    fnq_eval_close(ctx, &e); /* before the file that its workers have mapped is replaced */
    rc = rc || ctx->o.dry_run ? rc : fnl_calibration_write(argv[0], &c, &err);
    fn_eval_set_free(&set);
    if (rc)
        return fnq_fail(ctx, &err, argv[0], NULL);
    report(ctx, argv[0], &c);
    return failed ? FN_EXIT_PARTLY : FN_EXIT_OK;
}

FNQ_COMMAND(eval_calibrate) = {
    .name = "eval calibrate",
    .args = "MODEL DIR",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "measure a model's thresholds, store them",
    .details = "DIR has a folder of pictures per person: people it was not trained on, 45 "
               "pictures at least, more for lower FAR.",
    .examples = "fnq eval calibrate run/model.fnm people/\n",
    .operands = FNQ_COMPLETE_FILES,
    FNQ_TYPED(eval_calibrate, table),
};
