/* SPDX-License-Identifier: MIT */
/* Evaluation without a network: raw pixels, eigenfaces; see eval_protocols.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/eval_priv.h"
#include "cli/library/eval_protocols.h"
#include "engine/eval/baseline.h"

enum { PIXELS = FN_BASELINE_SIDE * FN_BASELINE_SIDE, TRAIN_MAX = 2000 };

static int eigenfaces(struct fnl_eval *e, const char *train, const struct fn_eval_vectors *own,
                      struct fn_axes *ret, size_t *ret_n, struct fn_error *err)
{
    struct fn_eval_set set = {0};
    struct fn_eval_vectors other = {0};
    const struct fn_eval_vectors *from = own;
    int rc = 0;
    if (train) {
        rc = fn_eval_set_folders(&set, train, NULL, err);
        rc = rc ? rc : fnl_eval_chips(e, &set, TRAIN_MAX, &other, err);
        from = &other;
    }
    size_t n = 0, step = 1;
    float *x = rc ? NULL : calloc(TRAIN_MAX, PIXELS * sizeof *x);
    if (!rc && !x)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc && !train)
        step = own->n / TRAIN_MAX + 1;
    for (size_t i = 0; !rc && i < from->n && n < TRAIN_MAX; i += step)
        if (from->found[i])
            memcpy(x + n++ * PIXELS, from->x + i * PIXELS, PIXELS * sizeof *x);
    rc = rc ? rc
            : fn_axes_fit(x, n, PIXELS, n < FN_BASELINE_AXES ? n : FN_BASELINE_AXES, true, 1,
                          ret, err);
    *ret_n = n;
    free(x);
    fn_eval_vectors_free(&other);
    fn_eval_set_free(&set);
    return rc;
}

int fnl_eval_baselines(struct fnl_eval *e, const struct fnl_unchanged *u, const char *train,
                       struct fn_figures *f, struct fn_brief ret[2], struct fn_error *err)
{
    struct fn_eval_vectors raw = {0}, faces = {0};
    struct fn_axes axes = {0};
    size_t n = 0;
    int rc = fnl_eval_chips(e, u->set, SIZE_MAX, &raw, err);
    rc = rc ? rc
            : fn_judge_brief(f, "raw pixels", &raw, u->set->n_people, u->pairs, &ret[0], err);
    rc = rc ? rc : eigenfaces(e, train, &raw, &axes, &n, err);
    rc = rc ? rc : fn_eval_vectors_init(&faces, u->set, axes.k, err);
    if (!rc) {
        memcpy(faces.found, raw.found, raw.n);
        faces.n_missed = raw.n_missed;
        if ((rc = fn_axes_project(&axes, raw.x, raw.n, axes.k, faces.x)))
            (void)fn_error_set(err, rc, "out of memory");
    }
    if (!rc) {
        fn_figures_count(f, "eigenfaces", "axes", axes.k, "axes");
        fn_figures_count(f, "eigenfaces", "trained_on", n,
                         train ? "pictures to compute them from"
                               : "pictures to compute them from, of those evaluated");
        rc = fn_judge_brief(f, "eigenfaces", &faces, u->set->n_people, u->pairs, &ret[1], err);
    }
    fn_axes_free(&axes);
    fn_eval_vectors_free(&raw);
    fn_eval_vectors_free(&faces);
    return rc;
}
