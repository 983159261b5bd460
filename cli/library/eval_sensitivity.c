/* SPDX-License-Identifier: MIT */
/* The same pairs with degraded pictures and shorter vectors; see eval_protocols.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/eval_priv.h"
#include "cli/library/eval_protocols.h"
#include "engine/eval/baseline.h"

int fnl_eval_unchanged(struct fnl_eval *e, const struct fn_eval_set *set,
                       const struct fn_eval_pairs *pairs, struct fn_figures *f,
                       struct fnl_unchanged *ret, struct fn_error *err)
{
    *ret = (struct fnl_unchanged){.set = set, .pairs = pairs};
    int rc = fnl_eval_set_vectors(e, set, FNL_EVAL_DETECT, false, &ret->x, err);
    if (rc)
        return rc;
    fn_figures_count(f, "pictures", "pictures", set->n, "pictures");
    fn_figures_count(f, "pictures", "pairs", pairs->n, "pairs");
    return fn_judge_brief(f, "as it is", &ret->x, set->n_people, pairs, &ret->found, err);
}

void fnl_unchanged_free(struct fnl_unchanged *u)
{
    fn_eval_vectors_free(&u->x);
    fn_all_pairs_free(&u->found.all);
    *u = (struct fnl_unchanged){0};
}

/* Adds the results of one variant to a series. */
static void add_point(struct fnl_sweep *s, double x, const struct fn_brief *b)
{
    s->x[s->n] = x;
    s->accuracy[s->n] = b->accuracy;
    s->tar[s->n++] = b->tar;
}

static int judge_variant(struct fnl_eval *e, const struct fnl_unchanged *u, const char *group,
                         const struct fnl_eval_variant *v, struct fn_brief *ret,
                         struct fn_figures *f, struct fn_error *err)
{
    struct fn_eval_vectors x = {0};
    int rc = fnl_eval_variant_vectors(e, u->set, v, &x, err);
    rc = rc ? rc : fn_judge_brief(f, group, &x, u->set->n_people, u->pairs, ret, err);
    fn_all_pairs_free(&ret->all);
    fn_eval_vectors_free(&x);
    return rc;
}

static int judge_qualities(struct fnl_eval *e, const struct fnl_unchanged *u,
                           struct fnl_sweep *s, struct fn_figures *f, struct fn_error *err)
{
    static const int qualities[] = {10, 20, 30, 50, 70, 90};
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof qualities / sizeof *qualities; i++) {
        const struct fnl_eval_variant v = {qualities[i], 0};
        struct fn_brief b = {0};
        char group[48];
        (void)snprintf(group, sizeof group, "jpeg quality %d", v.quality);
        rc = judge_variant(e, u, group, &v, &b, f, err);
        add_point(s, v.quality, &b);
    }
    return rc;
}

static int judge_sizes(struct fnl_eval *e, const struct fnl_unchanged *u, struct fnl_sweep *s,
                       struct fn_figures *f, struct fn_error *err)
{
    static const uint32_t sides[] = {40, 80, 120, 160, 256};
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof sides / sizeof *sides; i++) {
        const struct fnl_eval_variant v = {0, sides[i]};
        struct fn_brief b = {0};
        char group[48];
        (void)snprintf(group, sizeof group, "pixels of the face %u", v.side * v.side);
        rc = judge_variant(e, u, group, &v, &b, f, err);
        add_point(s, (double)v.side * v.side, &b);
    }
    return rc;
}

/* PCA of the vectors, without loss, and then fewer dimensions. A network trained for fewer
 * dimensions would be better; this is what can be done after training. */
static int judge_dimensions(const struct fnl_unchanged *u, struct fnl_sweep *s,
                            struct fn_figures *f, struct fn_error *err)
{
    static const size_t dims[] = {8, 16, 32, 64, 96, 128};
    const struct fn_eval_vectors *o = &u->x;
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
        struct fn_eval_vectors v;
        struct fn_brief b = {0};
        rc = fn_eval_vectors_init(&v, u->set, dims[i], err);
        if (rc)
            break;
        memcpy(v.found, o->found, o->n);
        v.n_missed = o->n_missed;
        if ((rc = fn_axes_project(&axes, o->x, o->n, dims[i], v.x)))
            (void)fn_error_set(err, rc, "out of memory");
        (void)snprintf(group, sizeof group, "first %zu principal axes", dims[i]);
        rc = rc ? rc : fn_judge_brief(f, group, &v, u->set->n_people, u->pairs, &b, err);
        add_point(s, (double)dims[i], &b);
        fn_all_pairs_free(&b.all);
        fn_eval_vectors_free(&v);
    }
    fn_axes_free(&axes);
    free(found);
    return rc;
}

int fnl_eval_sensitivity(struct fnl_eval *e, const struct fnl_unchanged *u,
                         struct fn_figures *f, struct fnl_sweep ret[FNL_SWEEPS],
                         struct fn_error *err)
{
    static const struct fnl_sweep empty[FNL_SWEEPS] = {
        {.name = "jpeg",
         .what = "JPEG quality",
         .x_title = "quality at which the cropped face was stored"},
        {.name = "pixels",
         .what = "Pixels of the face",
         .x_title = "pixels of the face's box (width x height)",
         .log = true},
        {.name = "dimensions",
         .what = "Dimensions of a vector",
         .x_title = "principal axes used",
         .log = true}};
    for (size_t i = 0; i < FNL_SWEEPS; i++) {
        ret[i] = empty[i];
        ret[i].as_accuracy = u->found.accuracy.mean;
        ret[i].as_tar = u->found.tar.value;
    }
    int rc = judge_qualities(e, u, &ret[0], f, err);
    rc = rc ? rc : judge_sizes(e, u, &ret[1], f, err);
    return rc ? rc : judge_dimensions(u, &ret[2], f, err);
}
