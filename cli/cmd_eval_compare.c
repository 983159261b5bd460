/* SPDX-License-Identifier: MIT */
/* fnq eval compare: is one model better than another, on the same pictures and pairs, beyond
 * the error? */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval.h"
#include "cli/eval_options.h"
#include "engine/model/look_up.h"

const struct fn_opt fnq_options_eval_compare[] = {
    FNQ_EVAL_PAIRS,
    FNQ_EVAL_PEOPLE,
    FNQ_EVAL_MODE,
    {"profile", 0, FN_OPT_STRING, FNQ_AT(profile), "NAME",
     "whose detector and landmarks a model file goes with"},
    {"flip", 0, FN_OPT_FLAG, FNQ_AT(flip), NULL,
     "embed the mirrored face too, and take the mean"},
    FNQ_EVAL_PLOT,
    FNQ_EVAL_THREADS,
    FNQ_OPT_END};

struct side {
    const char *operand;
    char group[48];
    struct fnq_eval_vectors x;
    struct fn_pair_d2 *d;
    struct fn_verification v;
    struct fn_vectors in;
    struct fnq_eval_brief found;
};

struct job {
    struct fn_eval_set set;
    struct fn_eval_pairs pairs;
    struct side side[2];
};

static void job_free(struct job *j)
{
    for (int k = 0; k < 2; k++) {
        fnq_eval_vectors_free(&j->side[k].x);
        fn_all_pairs_free(&j->side[k].found.all);
        free(j->side[k].d);
    }
    fn_eval_set_free(&j->set);
    fn_eval_pairs_free(&j->pairs);
}

/* A model is a file (.fnm, or a path) or the name of a profile. */
static int open_side(struct fnq_ctx *ctx, const char *operand, struct fnq_eval *e,
                     struct fn_error *err)
{
    const struct fnq_opts given = ctx->o;
    bool file = fn_model_is_path(operand);
    ctx->o.model = file ? operand : NULL;
    ctx->o.profile = file ? given.profile : operand;
    int rc = fnq_eval_open(ctx, e, err);
    ctx->o.profile = given.profile;
    return rc;
}

static int judge_side(struct fnq_eval *e, struct job *j, struct side *s,
                      enum fnq_eval_mode mode, struct fnq_eval_report *r, struct fn_error *err)
{
    int rc = fnq_eval_set_vectors(e, &j->set, mode, false, &s->x, err);
    if (rc)
        return rc;
    if (fnq_eval_pair_distances(&s->x, &j->pairs, &s->d))
        return fn_error_set(err, -ENOMEM, "out of memory");
    s->in =
        (struct fn_vectors){s->x.x, s->x.n, s->x.dim, s->x.person, j->set.n_people, s->x.found};
    rc = fn_verify(s->d, j->pairs.n, 1e-3, &s->v, err);
    if (!rc)
        rc = fnq_report_brief(r, s->group, &s->x, j->set.n_people, &j->pairs, &s->found, err);
    if (!rc)
        fnq_report_add(r, s->group, "tar_1e4", fn_tar_at_far(&s->found.all, 1e-4, NULL),
                       (double)NAN, 4, "TAR at FAR 1e-4, all pairs of these pictures");
    return rc;
}

/* +1, -1: B is better, worse, beyond the error; 0: it cannot be told. */
static int sign_of(const struct fn_interval *d)
{
    return d->low > 0 ? 1 : d->high < 0 ? -1 : 0;
}

static void say_verdict(struct fnq_eval_report *r, int up, int down, const char *figures)
{
    const char *words = up && down ? "mixed: B is better by some figures, worse by others"
                        : up       ? "B is better"
                        : down     ? "B is worse"
                                   : "no difference beyond the error";
    (void)snprintf(r->verdict, sizeof r->verdict, "%s (%s)", words, figures);
}

static int compare(struct fnq_eval *e, struct job *j, struct fnq_eval_report *r,
                   struct fn_error *err)
{
    static const struct {
        double far;
        const char *key, *label;
    } at[] = {{1e-3, "tar_1e3", "TAR at FAR 1e-3, B less A"},
              {1e-4, "tar_1e4", "TAR at FAR 1e-4, B less A"}};
    struct side *a = &j->side[0], *b = &j->side[1];
    const struct fn_all_pairs *const all[2] = {&a->found.all, &b->found.all};
    const struct fn_vectors *const in[2] = {&a->in, &b->in};
    const char *g = "difference";
    struct fn_paired p;
    struct fn_interval d[2];
    char text[120];
    int up = 0, down = 0, rc = fn_paired_accuracy(a->d, b->d, j->pairs.n, &a->v, &b->v, &p);
    if (rc)
        return fn_error_set(err, rc, "no pairs to compare on");
    fnq_report_add(r, g, "accuracy", p.accuracy.mean, p.accuracy.error, 4,
                   "accuracy, B less A, paired by fold");
    fnq_report_count(r, g, "gained", p.n_gained, "pairs that only B decides rightly");
    fnq_report_count(r, g, "lost", p.n_lost, "pairs that only A decides rightly");
    up += p.accuracy.mean > 2 * p.accuracy.error;
    down += p.accuracy.mean < -2 * p.accuracy.error;
    for (size_t i = 0; i < 2; i++) {
        rc = fn_tar_difference(all, in, at[i].far, FN_BOOTSTRAP_DEFAULT, 1, &d[i], err);
        if (rc)
            return rc;
        up += sign_of(&d[i]) > 0;
        down += sign_of(&d[i]) < 0;
        fnq_report_add(r, g, at[i].key, d[i].value, d[i].error, 4, at[i].label);
        (void)snprintf(text, sizeof text, "%s_low", at[i].key);
        fnq_report_add(r, g, text, d[i].low, (double)NAN, 4,
                       "  95 % of resampled people: from");
        (void)snprintf(text, sizeof text, "%s_high", at[i].key);
        fnq_report_add(r, g, text, d[i].high, (double)NAN, 4, "  to");
    }
    (void)snprintf(text, sizeof text, "accuracy %+.4f +- %.4f, TAR at 1e-3 %+.4f +- %.4f",
                   p.accuracy.mean, p.accuracy.error, d[0].value, d[0].error);
    say_verdict(r, up, down, text);
    const struct fnq_eval_named named[] = {{a->group, &a->found}, {b->group, &b->found}};
    return fnq_chart_rocs(e, r, "compare", "ROC of two models on the same pictures", named, 2,
                          j->set.n_people, err);
}

static int run(struct fnq_ctx *ctx, const char *dir, struct job *j, enum fnq_eval_mode mode,
               const char *mode_name, struct fnq_eval_report *report)
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    size_t n_failed = 0;
    int rc = fnq_eval_read_pairs(ctx, dir, &j->set, &j->pairs, &err);
    for (int k = 0; !rc && k < 2; k++) {
        struct side *s = &j->side[k];
        rc = open_side(ctx, s->operand, &e, &err);
        if (rc)
            break;
        (void)snprintf(s->group, sizeof s->group, "%c %.40s", "AB"[k], e.embedder);
        fnq_report_model(report, &e);
        rc = judge_side(&e, j, s, mode, report, &err);
        if (k == 0) {
            n_failed = e.n_failed;
            fnq_eval_close(&e);
        }
    }
    rc = rc ? rc : compare(&e, j, report, &err);
    e.n_failed = e.n_failed > n_failed ? e.n_failed : n_failed;
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(&e, report, "compare", dir, mode_name);
    fnq_eval_close(&e);
    return exit_code;
}

int fnq_run_eval_compare(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fnq_eval_report report = {0};
    enum fnq_eval_mode mode;
    const char *mode_name;
    if (argc != 3)
        return fnq_usage(ctx, "eval compare: which folder, and which two models?");
    if (fnq_eval_mode_of(ctx, &mode, &mode_name))
        return fnq_usage(ctx, "--mode is detect or centre");
    struct job *j = calloc(1, sizeof *j);
    if (!j)
        return fnq_say(FNQ_SYSTEM, "out of memory.");
    j->side[0].operand = argv[1];
    j->side[1].operand = argv[2];
    int exit_code = run(ctx, argv[0], j, mode, mode_name, &report);
    job_free(j);
    free(j);
    fnq_report_finish(&report);
    return exit_code;
}
