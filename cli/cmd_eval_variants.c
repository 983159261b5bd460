/* SPDX-License-Identifier: MIT */
/* fnq eval sensitivity, fnq eval baselines: the same pairs with worse pictures, shorter
 * vectors, and without a network. Both judge variants of the pictures, each by the same few
 * figures, into one report. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval_options.h"
#include "cli/eval_variants.h"
#include "engine/eval/baseline.h"

const struct fn_opt fnq_options_eval_sensitivity[] = {FNQ_EVAL_PAIRS,   FNQ_EVAL_PEOPLE,
                                                      FNQ_EVAL_MODEL,   FNQ_EVAL_PLOT,
                                                      FNQ_EVAL_THREADS, FNQ_OPT_END};
const struct fn_opt fnq_options_eval_baselines[] = {
    FNQ_EVAL_PAIRS,
    FNQ_EVAL_PEOPLE,
    {"train", 0, FN_OPT_STRING, FNQ_AT(train), "DIR",
     "pictures that the eigenfaces come from (default: those of DIR)"},
    FNQ_EVAL_MODEL,
    FNQ_EVAL_PLOT,
    FNQ_EVAL_THREADS,
    FNQ_OPT_END};

enum { PIXELS = FN_BASELINE_SIDE * FN_BASELINE_SIDE, TRAIN_MAX = 2000 };

struct job {
    struct fn_eval_set set;
    struct fn_eval_pairs pairs;
    struct fnq_eval_vectors original;
    struct fnq_eval_brief as_is;
};

static void job_free(struct job *j)
{
    fn_eval_set_free(&j->set);
    fn_eval_pairs_free(&j->pairs);
    fnq_eval_vectors_free(&j->original);
    fn_all_pairs_free(&j->as_is.all);
}

static int start(struct fnq_ctx *ctx, struct fnq_eval *e, struct job *j, const char *dir,
                 struct fnq_eval_report *r, struct fn_error *err)
{
    int rc = fnq_eval_read_pairs(ctx, dir, &j->set, &j->pairs, err);
    rc = rc ? rc : fnq_eval_open(ctx, e, err);
    rc = rc ? rc : fnq_eval_set_vectors(e, &j->set, FNQ_EVAL_DETECT, false, &j->original, err);
    if (rc)
        return rc;
    fnq_report_count(r, "pictures", "pictures", j->set.n, "pictures");
    fnq_report_count(r, "pictures", "pairs", j->pairs.n, "pairs");
    return fnq_report_brief(r, "as it is", &j->original, j->set.n_people, &j->pairs, &j->as_is,
                            err);
}

static int run(struct fnq_ctx *ctx, int argc, char **argv, const char *protocol,
               int (*judge)(struct fnq_eval *e, struct job *j, struct fnq_eval_report *report,
                            struct fn_error *err))
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    struct fnq_eval_report report = {0};
    struct job j = {0};
    if (argc != 1)
        return fnq_usage(ctx, "eval %s: which folder?", protocol);
    int rc = start(ctx, &e, &j, argv[0], &report, &err);
    rc = rc ? rc : judge(&e, &j, &report, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(&e, &report, protocol, argv[0], "detect");
    job_free(&j);
    fnq_report_finish(&report);
    fnq_eval_close(&e);
    return exit_code;
}

/* ---- sensitivity ---- */

/* A row of variants, with what was found at each point of it. */
static void add_point(struct fnq_eval_sweep *s, double x, const struct fnq_eval_brief *b)
{
    s->x[s->n] = x;
    s->accuracy[s->n] = b->accuracy;
    s->tar[s->n++] = b->tar;
}

static int judge_variant(struct fnq_eval *e, struct job *j, const char *group,
                         const struct fnq_eval_variant *v, struct fnq_eval_brief *ret,
                         struct fnq_eval_report *report, struct fn_error *err)
{
    struct fnq_eval_vectors x = {0};
    int rc = fnq_eval_variant_vectors(e, &j->set, v, &x, err);
    rc = rc ? rc : fnq_report_brief(report, group, &x, j->set.n_people, &j->pairs, ret, err);
    fn_all_pairs_free(&ret->all);
    fnq_eval_vectors_free(&x);
    return rc;
}

static int judge_qualities(struct fnq_eval *e, struct job *j, struct fnq_eval_sweep *s,
                           struct fnq_eval_report *report, struct fn_error *err)
{
    static const int qualities[] = {10, 20, 30, 50, 70, 90};
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof qualities / sizeof *qualities; i++) {
        const struct fnq_eval_variant v = {qualities[i], 0};
        struct fnq_eval_brief b = {0};
        char group[48];
        (void)snprintf(group, sizeof group, "jpeg quality %d", v.quality);
        rc = judge_variant(e, j, group, &v, &b, report, err);
        add_point(s, v.quality, &b);
    }
    return rc;
}

static int judge_sizes(struct fnq_eval *e, struct job *j, struct fnq_eval_sweep *s,
                       struct fnq_eval_report *report, struct fn_error *err)
{
    static const uint32_t sides[] = {40, 80, 120, 160, 256};
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof sides / sizeof *sides; i++) {
        const struct fnq_eval_variant v = {0, sides[i]};
        struct fnq_eval_brief b = {0};
        char group[48];
        (void)snprintf(group, sizeof group, "pixels of the face %u", v.side * v.side);
        rc = judge_variant(e, j, group, &v, &b, report, err);
        add_point(s, (double)v.side * v.side, &b);
    }
    return rc;
}

/* The vectors turned to their principal axes, which loses nothing, then cut short. A network
 * trained for fewer numbers would do better: this is what an index can do afterwards. */
static int judge_dimensions(struct job *j, struct fnq_eval_sweep *s,
                            struct fnq_eval_report *report, struct fn_error *err)
{
    static const size_t dims[] = {8, 16, 32, 64, 96, 128};
    struct fnq_eval_vectors *o = &j->original;
    struct fn_axes axes = {0};
    char group[48];
    size_t n = 0;
    float *found = calloc(o->n + 1, o->dim * sizeof *found);
    int rc = found ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < o->n; i++)
        if (o->found[i])
            memcpy(found + n++ * o->dim, o->x + i * o->dim, o->dim * sizeof *found);
    rc = rc ? rc : fn_axes_fit(found, n, o->dim, n < o->dim ? n : o->dim, false, 1, &axes, err);
    for (size_t i = 0; !rc && i < sizeof dims / sizeof *dims && dims[i] <= axes.k; i++) {
        struct fnq_eval_vectors v;
        struct fnq_eval_brief b = {0};
        rc = fnq_eval_vectors_init(&v, &j->set, dims[i], err);
        if (rc)
            break;
        memcpy(v.found, o->found, o->n);
        v.n_missed = o->n_missed;
        if ((rc = fn_axes_project(&axes, o->x, o->n, dims[i], v.x)))
            (void)fn_error_set(err, rc, "out of memory");
        (void)snprintf(group, sizeof group, "first %zu principal axes", dims[i]);
        rc = rc ? rc : fnq_report_brief(report, group, &v, j->set.n_people, &j->pairs, &b, err);
        add_point(s, (double)dims[i], &b);
        fn_all_pairs_free(&b.all);
        fnq_eval_vectors_free(&v);
    }
    fn_axes_free(&axes);
    free(found);
    return rc;
}

static int judge_sensitivity(struct fnq_eval *e, struct job *j, struct fnq_eval_report *report,
                             struct fn_error *err)
{
    struct fnq_eval_sweep s[3] = {{.name = "jpeg",
                                   .what = "JPEG quality",
                                   .x_title = "quality the cut-out face was stored with"},
                                  {.name = "pixels",
                                   .what = "Pixels of the face",
                                   .x_title = "pixels of the face's box (width x height)",
                                   .log = true},
                                  {.name = "dimensions",
                                   .what = "Numbers per vector",
                                   .x_title = "principal axes kept",
                                   .log = true}};
    for (size_t i = 0; i < 3; i++) {
        s[i].as_accuracy = j->as_is.accuracy.mean;
        s[i].as_tar = j->as_is.tar.value;
    }
    int rc = judge_qualities(e, j, &s[0], report, err);
    rc = rc ? rc : judge_sizes(e, j, &s[1], report, err);
    rc = rc ? rc : judge_dimensions(j, &s[2], report, err);
    for (size_t i = 0; !rc && i < 3; i++)
        rc = fnq_chart_sweep(e, report, &s[i], j->set.n, j->pairs.n, err);
    return rc;
}

int fnq_run_eval_sensitivity(struct fnq_ctx *ctx, int argc, char **argv)
{
    return run(ctx, argc, argv, "sensitivity", judge_sensitivity);
}

/* ---- without a network ---- */

static int eigenfaces(struct fnq_eval *e, const struct fnq_eval_vectors *own,
                      struct fn_axes *ret, size_t *ret_n, struct fn_error *err)
{
    struct fn_eval_set set = {0};
    struct fnq_eval_vectors other = {0};
    const struct fnq_eval_vectors *from = own;
    int rc = 0;
    if (e->ctx->o.train) {
        rc = fn_eval_set_folders(&set, e->ctx->o.train, NULL, err);
        rc = rc ? rc : fnq_eval_chips(e, &set, TRAIN_MAX, &other, err);
        from = &other;
    }
    size_t n = 0, step = 1;
    float *x = rc ? NULL : calloc(TRAIN_MAX, PIXELS * sizeof *x);
    if (!rc && !x)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc && !e->ctx->o.train)
        step = own->n / TRAIN_MAX + 1;
    for (size_t i = 0; !rc && i < from->n && n < TRAIN_MAX; i += step)
        if (from->found[i])
            memcpy(x + n++ * PIXELS, from->x + i * PIXELS, PIXELS * sizeof *x);
    rc = rc ? rc
            : fn_axes_fit(x, n, PIXELS, n < FN_BASELINE_AXES ? n : FN_BASELINE_AXES, true, 1,
                          ret, err);
    *ret_n = n;
    free(x);
    fnq_eval_vectors_free(&other);
    fn_eval_set_free(&set);
    return rc;
}

static int judge_baselines(struct fnq_eval *e, struct job *j, struct fnq_eval_report *report,
                           struct fn_error *err)
{
    struct fnq_eval_vectors raw = {0}, faces = {0};
    struct fn_axes axes = {0};
    struct fnq_eval_brief found[2] = {0};
    size_t n = 0;
    int rc = fnq_eval_chips(e, &j->set, SIZE_MAX, &raw, err);
    rc = rc ? rc
            : fnq_report_brief(report, "raw pixels", &raw, j->set.n_people, &j->pairs,
                               &found[0], err);
    rc = rc ? rc : eigenfaces(e, &raw, &axes, &n, err);
    rc = rc ? rc : fnq_eval_vectors_init(&faces, &j->set, axes.k, err);
    if (!rc) {
        memcpy(faces.found, raw.found, raw.n);
        faces.n_missed = raw.n_missed;
        if ((rc = fn_axes_project(&axes, raw.x, raw.n, axes.k, faces.x)))
            (void)fn_error_set(err, rc, "out of memory");
    }
    if (!rc) {
        fnq_report_count(report, "eigenfaces", "axes", axes.k, "axes");
        fnq_report_count(report, "eigenfaces", "trained_on", n,
                         e->ctx->o.train ? "pictures they come from"
                                         : "pictures they come from, of those judged");
        rc = fnq_report_brief(report, "eigenfaces", &faces, j->set.n_people, &j->pairs,
                              &found[1], err);
    }
    const struct fnq_eval_named all[] = {
        {e->embedder, &j->as_is}, {"eigenfaces", &found[1]}, {"raw pixels", &found[0]}};
    rc = rc ? rc
            : fnq_chart_rocs(e, report, "baselines",
                             "ROC of the model and of what needs no network", all, 3,
                             j->set.n_people, err);
    fn_all_pairs_free(&found[0].all);
    fn_all_pairs_free(&found[1].all);
    fn_axes_free(&axes);
    fnq_eval_vectors_free(&raw);
    fnq_eval_vectors_free(&faces);
    return rc;
}

int fnq_run_eval_baselines(struct fnq_ctx *ctx, int argc, char **argv)
{
    return run(ctx, argc, argv, "baselines", judge_baselines);
}
