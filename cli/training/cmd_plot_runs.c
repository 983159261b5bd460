/* SPDX-License-Identifier: MIT */
/* fnq plot runs: several training runs in one chart: their accuracy by number of pictures, and
 * by size of the data. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/program/command.h"
#include "engine/base/file.h"
#include "engine/draw/plot.h"
#include "engine/train/run_csv.h"

enum { RUNS_MAX = 6 }; /* as many as there are colours */

struct options {
    const char *out;
};
static const struct fn_opt table[] = {
    OPT_TEXT(out, "out", 'o', "DIR", "folder of the charts (default: .)"), OPT_END};

struct runs {
    size_t n;
    const char *names[RUNS_MAX];
    struct fn_curve held[RUNS_MAX]; /* pair accuracy of held-out people, over pictures seen */
    double people[RUNS_MAX],
        faces[RUNS_MAX]; /* trained on; 0: an old log without this number */
    double reached[RUNS_MAX], error[RUNS_MAX]; /* accuracy at the end */
};

static double last_of(const struct fn_run_csv *c, const char *name)
{
    struct fn_curve k = fn_curve_of(c, "step", name);
    double v = k.n ? k.y[k.n - 1] : 0;
    fn_curves_free(&k, 1);
    return v;
}

static int read_run(struct runs *r, const char *dir, struct fn_error *err)
{
    struct fn_run_csv c = {0};
    char path[FN_PATH_MAX];
    size_t i = r->n;
    if (fn_path_join(path, sizeof path, dir, "train.csv"))
        return fn_error_set(err, -ENAMETOOLONG, "'%s': the name is too long", dir);
    int rc = fn_run_csv_read(path, &c, err);
    if (rc == 0) {
        const char *slash = strrchr(dir, '/');
        r->names[i] = slash && slash[1] ? slash + 1 : dir;
        r->held[i] = fn_curve_of(&c, "images", "held_accuracy");
        r->people[i] = last_of(&c, "train_people");
        r->faces[i] = last_of(&c, "train_faces");
        r->reached[i] = last_of(&c, "held_accuracy");
        r->error[i] = last_of(&c, "held_error");
        r->n++;
        if (!r->held[i].n)
            rc = fn_error_set(err, FN_EUSAGE,
                              "'%s' has no figures of people held out; see fnq train "
                              "--hold-out and --eval-every",
                              path);
    }
    fn_run_csv_free(&c);
    return rc;
}

static int draw_held_out(const struct runs *r, const char *dir, struct fn_error *err)
{
    struct fn_plot_series s[RUNS_MAX];
    for (size_t i = 0; i < r->n; i++)
        s[i] = (struct fn_plot_series){.label = r->names[i],
                                       .x = r->held[i].x,
                                       .y = r->held[i].y,
                                       .n = r->held[i].n,
                                       .kind = FN_PLOT_LINE,
                                       .colour = fn_plot_colours[i]};
    const struct fn_plot p = {.title = "Held-out people: pair accuracy during training",
                              .x = {.title = "pictures seen"},
                              .y = {.title = "pair accuracy"},
                              .series = s,
                              .n_series = r->n,
                              .legend_left = true};
    return fn_plot_save(&p, dir, "runs-held-out", err);
}

static void swap(double *a, double *b)
{
    double keep = *a;
    *a = *b;
    *b = keep;
}

/* Sorts by the size of the data; RUNS_MAX is small. */
static void sort_by_people(struct runs *r)
{
    for (size_t i = 1; i < r->n; i++)
        for (size_t k = i; k > 0 && r->people[k] < r->people[k - 1]; k--) {
            swap(&r->people[k], &r->people[k - 1]);
            swap(&r->faces[k], &r->faces[k - 1]);
            swap(&r->reached[k], &r->reached[k - 1]);
            swap(&r->error[k], &r->error[k - 1]);
        }
}

/* Draws the chart only when the runs differ in the size of their data. */
static int draw_data(struct runs *r, const char *dir, bool *drawn, struct fn_error *err)
{
    double low[RUNS_MAX], high[RUNS_MAX];
    char title[120];
    sort_by_people(r);
    *drawn = r->people[0] > 0 && r->people[0] < r->people[r->n - 1];
    if (!*drawn)
        return 0;
    for (size_t i = 0; i < r->n; i++) {
        low[i] = r->reached[i] - r->error[i];
        high[i] = r->reached[i] + r->error[i];
    }
    const struct fn_plot_series s[] = {
        {.label = "pair accuracy of held-out people",
         .x = r->people,
         .y = r->reached,
         .n = r->n,
         .kind = FN_PLOT_LINE,
         .colour = fn_plot_colours[0]},
        {.x = r->people,
         .y = r->reached,
         .n = r->n,
         .kind = FN_PLOT_DOTS,
         .colour = fn_plot_colours[0]},
        {.label = "one standard error",
         .x = r->people,
         .y = low,
         .n = r->n,
         .kind = FN_PLOT_DASHES,
         .colour = fn_plot_colours[0]},
        {.x = r->people,
         .y = high,
         .n = r->n,
         .kind = FN_PLOT_DASHES,
         .colour = fn_plot_colours[0]},
    };
    (void)snprintf(title, sizeof title,
                   "Amount of data: from %.3f with %.0f people to %.3f with %.0f",
                   r->reached[0], r->people[0], r->reached[r->n - 1], r->people[r->n - 1]);
    const struct fn_plot p = {.title = title,
                              .subtitle = "runs that differ in the number of people trained on",
                              .x = {.title = "people trained on (logarithmic)",
                                    .lo = r->people[0] / 1.2,
                                    .hi = r->people[r->n - 1] * 1.2,
                                    .log = true,
                                    .ticks = r->people,
                                    .n_ticks = r->n},
                              .y = {.title = "pair accuracy"},
                              .series = s,
                              .n_series = sizeof s / sizeof *s,
                              .legend_low = true};
    return fn_plot_save(&p, dir, "runs-data", err);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct runs r = {0};
    struct fn_error err = {0};
    bool data = false;
    const char *dir = o->out ? o->out : ".";
    if (argc < 2 || argc > RUNS_MAX)
        return fnq_usage(ctx, "plot runs: the folders of 2 to 6 runs");
    int rc = 0;
    for (int i = 0; rc == 0 && i < argc; i++)
        rc = read_run(&r, argv[i], &err);
    rc = rc ? rc : fn_mkdirs(dir, 0755, &err);
    rc = rc ? rc : draw_held_out(&r, dir, &err);
    rc = rc ? rc : draw_data(&r, dir, &data, &err);
    fn_curves_free(r.held, r.n);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_note(ctx, "runs-held-out%s, .svg and .png, %s in %s", data ? " and runs-data" : "",
             data ? "are" : "is", dir);
    return FN_EXIT_OK;
}

FNQ_COMMAND(plot_runs) = {
    .name = "plot runs",
    .args = "DIR...",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "draw several training runs in one chart",
    .details = "Shows the accuracy of each run on held-out people by the number of pictures "
               "and, if the runs differ in it, by the number of people.",
    .examples = "fnq plot runs run run2 --out charts\n",
    .operands = FNQ_COMPLETE_DIRS,
    FNQ_TYPED(plot_runs, table),
};
