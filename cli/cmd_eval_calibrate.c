/* SPDX-License-Identifier: MIT */
/* fnq eval calibrate: a model's thresholds, measured and written into it. */
#include <stdio.h>

#include "cli/calibrate.h"
#include "cli/eval.h"
#include "cli/eval_options.h"
#include "engine/base/file.h"

const struct fn_opt fnq_options_eval_calibrate[] = {
    FNQ_EVAL_MODE,
    FNQ_EVAL_PEOPLE,
    FNQ_EVAL_THREADS,
    {"flip", 0, FN_OPT_FLAG, FNQ_AT(flip), NULL,
     "for vectors that are the mean of the face's and the mirrored face's"},
    FNQ_OPT_END};

/* The file is written anew beside the one that is mapped, then takes its place. */
static int write_into(const char *path, const struct fn_calibration *c, struct fn_error *err)
{
    struct fn_model *m = NULL;
    int rc = fn_model_open(path, &m, err);
    if (rc)
        return rc;
    m->calibration = *c;
    rc = fn_model_save(m, path, err);
    fn_model_destroy(m);
    return rc;
}

static int measure(struct fnq_eval *e, const struct fn_eval_set *set, enum fnq_eval_mode mode,
                   struct fn_calibration *ret, struct fn_error *err)
{
    struct fnq_eval_vectors v = {0};
    int rc = fnq_eval_set_vectors(e, set, mode, false, &v, err);
    if (!rc) {
        const struct fn_vectors x = {v.x, v.n, v.dim, v.person, set->n_people, v.found};
        rc = fnq_calibrate(&x, e->profile->v.flip, ret, err);
    }
    fnq_eval_vectors_free(&v);
    return rc;
}

static void report(struct fnq_ctx *ctx, const char *path, const struct fn_calibration *c)
{
    char text[320];
    json_t *o = json_object();
    fnq_calibration_text(c, text, sizeof text);
    fnq_set_path(o, path);
    fnq_set(o, "calibration", fnq_calibration_json(c));
    if (fnq_out_is_json(&ctx->out)) {
        fnq_json_one(&ctx->out, "fnq.calibration/1", o);
        return;
    }
    json_decref(o);
    fnq_text(&ctx->out, "%s\n", text);
}

int fnq_run_eval_calibrate(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    struct fn_eval_set set = {0};
    struct fn_calibration c = {0};
    enum fnq_eval_mode mode;
    const char *mode_name;
    if (argc != 2)
        return fnq_usage(ctx, "eval calibrate: which model, on which folder?");
    if (fnq_eval_mode_of(ctx, &mode, &mode_name))
        return fnq_usage(ctx, "--mode is detect or centre");
    ctx->o.model = argv[0];
    int rc = fn_eval_set_folders(&set, argv[1], ctx->o.people, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &e, &err);
    rc = rc ? rc : measure(&e, &set, mode, &c, &err);
    size_t failed = e.n_failed;
    fnq_eval_close(&e); /* before the file that its workers have mapped is replaced */
    rc = rc || ctx->o.dry_run ? rc : write_into(argv[0], &c, &err);
    fn_eval_set_free(&set);
    if (rc)
        return fnq_fail(ctx, &err, argv[0], NULL);
    report(ctx, argv[0], &c);
    return failed ? FNQ_PARTLY : FNQ_OK;
}
