/* SPDX-License-Identifier: MIT */
/* See eval_command.h. */
#include "cli/evaluating/eval_command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"

enum { MADE_FOLDS = 10, MADE_PER_FOLD = 300 };

int fnq_eval_mode_of(const char *text, struct fnq_eval_mode *ret)
{
    static const struct fnq_eval_mode modes[] = {{FNL_EVAL_DETECT, "detect"},
                                                 {FNL_EVAL_CENTRE, "centre"}};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (!text || strcmp(text, modes[i].name) == 0) {
            *ret = modes[i];
            return 0;
        }
    return FN_EUSAGE;
}

int fnq_eval_no_mode(const struct fnq_ctx *ctx)
{
    return fnq_usage(ctx, "--mode is detect or centre");
}

int fnq_eval_read_pairs(const struct fnq_ctx *ctx, const char *dir, const char *file,
                        const char *people, struct fn_eval_set *s, struct fn_eval_pairs *ret,
                        struct fn_error *err)
{
    static const char *const near[] = {"", "/.."};
    char path[FN_PATH_MAX];
    if (file)
        return fn_eval_pairs_lfw(s, dir, file, ret, err);
    for (size_t i = 0; i < 2 && !people; i++) {
        int n = snprintf(path, sizeof path, "%s%s/pairs.txt", dir, near[i]);
        if (n < (int)sizeof path && fn_file_exists(path))
            return fn_eval_pairs_lfw(s, dir, path, ret, err);
    }
    int rc = fn_eval_set_folders(s, dir, people, err);
    rc = rc ? rc : fn_eval_pairs_make(s, MADE_FOLDS, MADE_PER_FOLD, 1, ret, err);
    if (!rc)
        fnq_note(ctx, "no list of pairs: generated %zu of %zu people, %d folds", ret->n,
                 s->n_people, MADE_FOLDS);
    return rc;
}

int fnq_eval_judge_pairs(const struct fnl_eval *e, struct fnq_eval_report *r,
                         const struct fn_pair_d2 *d, size_t n, double fixed,
                         struct fn_error *err)
{
    struct fn_verification v;
    struct fn_dists same = {0}, different = {0};
    int rc = fn_judge_pairs(&r->f, "pairs", d, n, fixed, &v, err);
    if (!rc && (rc = fn_pairs_split(d, n, &same, &different)))
        (void)fn_error_set(err, rc, "out of memory");
    rc = rc ? rc : fnq_chart_pairs(e, r, &v, &same, &different, fixed, err);
    fn_dists_free(&same);
    fn_dists_free(&different);
    return rc;
}

static int slices(struct fnq_eval_report *r, const struct fn_eval_set *set,
                  const struct fn_eval_pairs *pairs, const struct fn_pair_d2 *d,
                  const char *file, struct fn_error *err)
{
    struct fn_attributes a = {0};
    int rc = fn_attributes_read(&a, set, file, err);
    rc = rc ? rc : fn_judge_slices(&r->f, &a, pairs, d, err);
    fn_attributes_free(&a);
    return rc;
}

static int judge(struct fnl_eval *e, struct fnq_eval_report *r,
                 const struct fnq_pair_judgement *how, const struct fn_eval_set *set,
                 const struct fn_eval_pairs *pairs, struct fn_error *err)
{
    struct fn_eval_vectors v = {0};
    struct fn_pair_d2 *d = NULL;
    int rc = fnl_eval_set_vectors(e, set, how->mode.mode, how->fallback, &v, err);
    if (rc)
        return rc;
    fn_figures_count(&r->f, "pictures", "pictures", set->n, "pictures");
    fn_figures_count(&r->f, "pictures", "missed", v.n_missed, "without a face");
    if (how->fallback && how->mode.mode == FNL_EVAL_DETECT)
        fn_figures_count(&r->f, "pictures", "fallbacks", v.n_fallbacks,
                         "no face found, fixed square used instead");
    rc = fn_eval_pair_distances(&v, pairs, &d, err);
    rc = rc ? rc : fnq_eval_judge_pairs(e, r, d, pairs->n, fnl_eval_fixed(e), err);
    if (!rc && how->slices)
        rc = slices(r, set, pairs, d, how->slices, err);
    fn_eval_vectors_free(&v);
    free(d);
    return rc;
}

int fnq_eval_pairs_run(struct fnq_ctx *ctx, const struct fnl_eval_choice *choice,
                       const struct fnq_pair_judgement *how, const struct fn_eval_set *set,
                       const struct fn_eval_pairs *pairs)
{
    struct fn_error err = {0};
    struct fnl_eval e = {0};
    struct fnq_eval_report report = {.plot_dir = how->plot};
    int rc = fnq_eval_open(ctx, choice, &e, &err);
    rc = rc ? rc : judge(&e, &report, how, set, pairs, &err);
    int exit_code =
        rc ? fnq_fail(ctx, &err, NULL, NULL)
           : fnq_report_print(ctx, &e, &report, how->protocol, how->what, how->mode.name);
    fnq_report_finish(&report);
    fnq_eval_close(ctx, &e);
    return exit_code;
}
