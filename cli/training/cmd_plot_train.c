/* SPDX-License-Identifier: MIT */
/* fnq plot train: the curves of a run, from the log that fnq train writes. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/program/command.h"
#include "engine/base/file.h"
#include "engine/draw/plot.h"
#include "engine/train/run_csv.h"

static void divide(struct fn_curve *k, const struct fn_curve *by)
{
    for (size_t i = 0; i < k->n && i < by->n; i++)
        k->y[i] = by->y[i] > 0 ? k->y[i] / by->y[i] : 0;
}

static int draw(const struct fn_plot *p, const struct fn_curve *k, const char *const *labels,
                size_t n, const char *dir, const char *name, struct fn_error *err)
{
    struct fn_plot_series s[6];
    struct fn_plot plot = *p;
    for (size_t i = 0; i < n; i++)
        s[i] = (struct fn_plot_series){.label = labels[i],
                                       .x = k[i].x,
                                       .y = k[i].y,
                                       .n = k[i].n,
                                       .kind = FN_PLOT_LINE,
                                       .colour = fn_plot_colours[i]};
    plot.series = s;
    plot.n_series = n;
    return fn_plot_save(&plot, dir, name, err);
}

static int draw_loss(const struct fn_run_csv *c, const char *dir, struct fn_error *err)
{
    static const char *const labels[] = {"loss", "share of pairs with an active triplet"};
    struct fn_curve k[3] = {fn_curve_of(c, "step", "loss"), fn_curve_of(c, "step", "active"),
                            fn_curve_of(c, "step", "pairs")};
    char title[80];
    divide(&k[1], &k[2]);
    fn_curve_smooth(&k[0]);
    fn_curve_smooth(&k[1]);
    (void)snprintf(title, sizeof title, "Loss: %.4f at the end",
                   k[0].n ? k[0].y[k[0].n - 1] : 0);
    const struct fn_plot p = {.title = title,
                              .subtitle = "means of 20 steps",
                              .x = {.title = "step"},
                              .y = {.title = "loss; share"},
                              .legend_low = true};
    int rc = draw(&p, k, labels, 2, dir, "train-loss", err);
    fn_curves_free(k, 3);
    return rc;
}

static int draw_distances(const struct fn_run_csv *c, const char *dir, struct fn_error *err)
{
    static const char *const names[] = {"positive_p50", "positive_p95", "negative_p5",
                                        "negative_p50"};
    static const char *const labels[] = {"same person, median", "same person, 95 %",
                                         "other people, 5 %", "other people, median"};
    struct fn_curve k[4];
    for (int i = 0; i < 4; i++) {
        k[i] = fn_curve_of(c, "step", names[i]);
        fn_curve_smooth(&k[i]);
    }
    const struct fn_plot p = {.title = "Distances in a batch",
                              .subtitle = "squared, between unit vectors; means of 20 steps",
                              .x = {.title = "step"},
                              .y = {.title = "squared distance"},
                              .legend_left = true};
    int rc = draw(&p, k, labels, 4, dir, "train-distances", err);
    fn_curves_free(k, 4);
    return rc;
}

/* *ret_drawn: whether the run has such figures. */
static int draw_held_out(const struct fn_run_csv *c, const char *dir, bool *ret_drawn,
                         struct fn_error *err)
{
    static const char *const labels[] = {"pair accuracy", "TAR at FAR 1e-3", "TAR at FAR 1e-4"};
    struct fn_curve k[3] = {fn_curve_of(c, "step", "held_accuracy"),
                            fn_curve_of(c, "step", "held_tar_1e-3"),
                            fn_curve_of(c, "step", "held_tar_1e-4")};
    char title[80];
    int rc = 0;
    *ret_drawn = k[0].n > 0;
    if (k[0].n) {
        (void)snprintf(title, sizeof title, "Held-out people: pair accuracy %.4f at the end",
                       k[0].y[k[0].n - 1]);
        const struct fn_plot p = {.title = title,
                                  .x = {.title = "step"},
                                  .y = {.title = "share", .lo = 0, .hi = 1},
                                  .legend_low = true};
        rc = draw(&p, k, labels, 3, dir, "train-held-out", err);
    }
    fn_curves_free(k, 3);
    return rc;
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    char dir[FN_PATH_MAX], path[FN_PATH_MAX];
    struct fn_run_csv c = {0};
    struct fn_error err = {0};
    bool held_out = false;
    if (argc != 1)
        return fnq_usage(ctx, "plot train: the folder of which run?");
    int rc = fn_path_expand(dir, sizeof dir, argv[0]);
    rc = rc ? rc : fn_path_join(path, sizeof path, dir, "train.csv");
    rc = rc ? fn_error_set(&err, rc, "'%s': %s", argv[0], fn_strerror(rc)) : 0;
    rc = rc ? rc : fn_run_csv_read(path, &c, &err);
    rc = rc ? rc : draw_loss(&c, dir, &err);
    rc = rc ? rc : draw_distances(&c, dir, &err);
    rc = rc ? rc : draw_held_out(&c, dir, &held_out, &err);
    fn_run_csv_free(&c);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_note(ctx, "train-loss%s train-distances%s, .svg and .png, are in %s",
             held_out ? "," : " and", held_out ? " and train-held-out" : "", dir);
    if (!held_out)
        fnq_note(ctx, "no chart of held-out people: the run has no figures of any");
    return FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(plot_train) = {
    .name = "plot train",
    .args = "DIR",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "draw the curves of a training run",
    .examples = "fnq plot train run\n",
    .run = fnq_run_plot_train,
    .operands = FNQ_COMPLETE_DIRS,
};
