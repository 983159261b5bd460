/* SPDX-License-Identifier: MIT */
/* fnq eval: how good a model is, by the protocols in which such figures are published. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval.h"
#include "cli/eval_options.h"
#include "cli/eval_slices.h"
#include "engine/base/file.h"

const struct fn_opt fnq_options_eval_lfw[] = {
    FNQ_EVAL_PAIRS,  FNQ_EVAL_MODE,   FNQ_EVAL_MODEL,   FNQ_EVAL_PLOT,
    FNQ_EVAL_PEOPLE, FNQ_EVAL_SLICES, FNQ_EVAL_THREADS, FNQ_OPT_END};
const struct fn_opt fnq_options_eval_ytf[] = {
    {"pairs", 0, FN_OPT_STRING, FNQ_AT(pairs), "FILE",
     "splits.txt (default: the one in DIR; else made)"},
    {"frames", 0, FN_OPT_U64, FNQ_AT(frames), "N",
     "frames with a face of each video (default 100)"},
    FNQ_EVAL_MODEL,
    FNQ_EVAL_PLOT,
    FNQ_EVAL_THREADS,
    FNQ_OPT_END};
const struct fn_opt fnq_options_eval_pairs[] = {FNQ_EVAL_MODE,    FNQ_EVAL_MODEL,
                                                FNQ_EVAL_PLOT,    FNQ_EVAL_SLICES,
                                                FNQ_EVAL_THREADS, FNQ_OPT_END};
const struct fn_opt fnq_options_eval_identities[] = {FNQ_EVAL_MODE,    FNQ_EVAL_MODEL,
                                                     FNQ_EVAL_PLOT,    FNQ_EVAL_PEOPLE,
                                                     FNQ_EVAL_THREADS, FNQ_OPT_END};
const struct fn_opt fnq_options_eval_clusters[] = {
    FNQ_EVAL_MODEL, FNQ_EVAL_PEOPLE, FNQ_EVAL_PLOT, FNQ_EVAL_THREADS, FNQ_OPT_END};

enum { MADE_FOLDS = 10, MADE_PER_FOLD = 300 };

int fnq_eval_mode_of(const struct fnq_ctx *ctx, enum fnq_eval_mode *ret, const char **ret_name)
{
    static const char *const names[] = {"detect", "centre"};
    const char *mode = ctx->o.mode ? ctx->o.mode : names[0];
    for (int i = 0; i < 2; i++) {
        if (strcmp(mode, names[i]) == 0) {
            *ret = (enum fnq_eval_mode)i;
            *ret_name = names[i];
            return 0;
        }
    }
    return -1;
}

double fnq_eval_fixed(const struct fnq_eval *e)
{
    /* The profile's threshold belongs to the profile's embedder; another one may have brought
     * its own. */
    return e->ctx->o.model && !e->calibrated ? (double)NAN : (double)e->profile->v.pair_d2;
}

/* The list: --pairs, pairs.txt in dir or beside it, or made ones. */
int fnq_eval_read_pairs(struct fnq_ctx *ctx, const char *dir, struct fn_eval_set *s,
                        struct fn_eval_pairs *ret, struct fn_error *err)
{
    static const char *const near[] = {"", "/.."};
    char path[FN_PATH_MAX];
    if (ctx->o.pairs)
        return fn_eval_pairs_lfw(s, dir, ctx->o.pairs, ret, err);
    for (size_t i = 0; i < 2 && !ctx->o.people; i++) {
        int n = snprintf(path, sizeof path, "%s%s/pairs.txt", dir, near[i]);
        if (n < (int)sizeof path && fn_file_exists(path))
            return fn_eval_pairs_lfw(s, dir, path, ret, err);
    }
    int rc = fn_eval_set_folders(s, dir, ctx->o.people, err);
    rc = rc ? rc : fn_eval_pairs_make(s, MADE_FOLDS, MADE_PER_FOLD, 1, ret, err);
    if (!rc)
        fnq_note(ctx, "no list of pairs: made %zu of %zu people, %d folds", ret->n, s->n_people,
                 MADE_FOLDS);
    return rc;
}

int fnq_eval_pair_distances(const struct fnq_eval_vectors *v, const struct fn_eval_pairs *p,
                            struct fn_pair_d2 **ret)
{
    struct fn_pair_d2 *d = calloc(p->n + 1, sizeof *d);
    if (!d)
        return -ENOMEM;
    for (size_t i = 0; i < p->n; i++) {
        const struct fn_eval_pair *q = &p->v[i];
        const float *a = v->found[q->a] ? v->x + q->a * v->dim : NULL,
                    *b = v->found[q->b] ? v->x + q->b * v->dim : NULL;
        d[i] = (struct fn_pair_d2){(float)fnq_eval_d2(a, b, v->dim), q->fold, q->same};
    }
    *ret = d;
    return 0;
}

/* Figures and charts of pairs whose distances are known. */
static int judge_pairs(struct fnq_eval *e, struct fnq_eval_report *r,
                       const struct fn_pair_d2 *d, size_t n, struct fn_error *err)
{
    struct fn_verification v;
    struct fn_dists same = {0}, different = {0};
    double fixed = fnq_eval_fixed(e);
    int rc = fnq_report_pairs(r, "pairs", d, n, fixed, &v, err);
    if (!rc && (rc = fn_pairs_split(d, n, &same, &different)))
        (void)fn_error_set(err, rc, "out of memory");
    rc = rc ? rc : fnq_chart_pairs(e, r, &v, &same, &different, fixed, err);
    fn_dists_free(&same);
    fn_dists_free(&different);
    return rc;
}

struct pair_job {
    struct fn_eval_set set;
    struct fn_eval_pairs pairs;
    struct fnq_eval_vectors vectors;
    struct fn_pair_d2 *d;
};

static void pair_job_free(struct pair_job *j)
{
    fn_eval_set_free(&j->set);
    fn_eval_pairs_free(&j->pairs);
    fnq_eval_vectors_free(&j->vectors);
    free(j->d);
}

static int judge_job(struct fnq_eval *e, struct pair_job *j, struct fnq_eval_report *r,
                     enum fnq_eval_mode mode, bool fallback, struct fn_error *err)
{
    int rc = fnq_eval_set_vectors(e, &j->set, mode, fallback, &j->vectors, err);
    if (rc)
        return rc;
    fnq_report_count(r, "pictures", "pictures", j->set.n, "pictures");
    fnq_report_count(r, "pictures", "missed", j->vectors.n_missed, "without a face");
    if (fallback && mode == FNQ_EVAL_DETECT)
        fnq_report_count(r, "pictures", "fallbacks", j->vectors.n_fallbacks,
                         "no face found, the fixed square instead");
    if (fnq_eval_pair_distances(&j->vectors, &j->pairs, &j->d))
        return fn_error_set(err, -ENOMEM, "out of memory");
    rc = judge_pairs(e, r, j->d, j->pairs.n, err);
    if (!rc && e->ctx->o.slices)
        rc = fnq_report_slices(e, r, &j->set, &j->pairs, j->d, err);
    return rc;
}

/* lfw DIR and pairs FILE differ in who reads the list, and in the fallback. */
static int run_pairs(struct fnq_ctx *ctx, const char *protocol, const char *what)
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    struct fnq_eval_report report = {0};
    struct pair_job j = {0};
    enum fnq_eval_mode mode;
    const char *mode_name;
    bool lfw = strcmp(protocol, "lfw") == 0;
    if (fnq_eval_mode_of(ctx, &mode, &mode_name))
        return fnq_usage(ctx, "--mode is detect or centre");
    int rc = lfw ? fnq_eval_read_pairs(ctx, what, &j.set, &j.pairs, &err)
                 : fn_eval_pairs_list(&j.set, what, &j.pairs, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &e, &err);
    rc = rc ? rc : judge_job(&e, &j, &report, mode, lfw, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(&e, &report, protocol, what, mode_name);
    pair_job_free(&j);
    fnq_report_finish(&report);
    fnq_eval_close(&e);
    return exit_code;
}

int fnq_run_eval_lfw(struct fnq_ctx *ctx, int argc, char **argv)
{
    return argc == 1 ? run_pairs(ctx, "lfw", argv[0])
                     : fnq_usage(ctx, "eval lfw: which folder?");
}

int fnq_run_eval_pairs(struct fnq_ctx *ctx, int argc, char **argv)
{
    return argc == 1 ? run_pairs(ctx, "pairs", argv[0])
                     : fnq_usage(ctx, "eval pairs: which list?");
}

/* ---- identities ---- */

int fnq_run_eval_identities(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    struct fnq_eval_report report = {0};
    struct fn_eval_set set = {0};
    struct fnq_eval_vectors v = {0};
    struct fn_all_pairs all = {0};
    enum fnq_eval_mode mode;
    const char *mode_name;
    if (argc != 1)
        return fnq_usage(ctx, "eval identities: which folder?");
    if (fnq_eval_mode_of(ctx, &mode, &mode_name))
        return fnq_usage(ctx, "--mode is detect or centre");
    int rc = fn_eval_set_folders(&set, argv[0], ctx->o.people, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &e, &err);
    rc = rc ? rc : fnq_eval_set_vectors(&e, &set, mode, false, &v, &err);
    if (!rc) {
        const struct fn_vectors x = {v.x, v.n, v.dim, v.person, set.n_people, v.found};
        fnq_report_count(&report, "identities", "missed", v.n_missed,
                         "pictures without a face");
        rc = fnq_report_identities(&report, &x, &all, &err);
        rc = rc ? rc : fnq_chart_identities(&e, &report, &all, &err);
    }
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(&e, &report, "identities", argv[0], mode_name);
    fn_all_pairs_free(&all);
    fnq_eval_vectors_free(&v);
    fn_eval_set_free(&set);
    fnq_report_finish(&report);
    fnq_eval_close(&e);
    return exit_code;
}
