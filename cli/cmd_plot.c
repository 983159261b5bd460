/* fnq plot train: the curves of a run, from the file that fnq train keeps. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "engine/base/file.h"
#include "engine/image/plot.h"

enum { COLUMNS_MAX = 64, CSV_MAX = 1 << 30, WINDOW = 20 };

struct csv {
    struct fn_buf text;
    const char *names[COLUMNS_MAX];
    size_t n_columns, n;
    double *v; /* [row][column]; NAN where there is nothing */
};

static size_t count_lines(const char *p)
{
    size_t n = 0;
    for (; *p; p++)
        n += *p == '\n';
    return n;
}

static void read_names(struct csv *c, char *line)
{
    char *save = NULL;
    for (char *name = strtok_r(line, ",", &save); name && c->n_columns < COLUMNS_MAX;
         name = strtok_r(NULL, ",", &save))
        c->names[c->n_columns++] = name;
}

static void read_row(const struct csv *c, const char *line, double *row)
{
    for (size_t i = 0; i < c->n_columns; i++) {
        char *end;
        row[i] = strtod(line, &end);
        if (end == line)
            row[i] = (double)NAN;
        line = end + strcspn(end, ",");
        line += *line == ',';
    }
}

static int read_csv(const char *path, struct csv *c, struct fn_error *err)
{
    fn_buf_init(&c->text, CSV_MAX);
    int r = fn_file_read(path, &c->text, err);
    if (r)
        return r;
    size_t lines = count_lines(fn_buf_cstr(&c->text));
    char *line = c->text.data, *end = line ? strchr(line, '\n') : NULL;
    if (!end || lines < 2)
        return fn_error_set(err, FN_EUSAGE, "'%s' has no steps yet", path);
    *end = '\0';
    read_names(c, line);
    c->v = calloc(lines * c->n_columns + 1, sizeof *c->v);
    if (!c->v)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (line = end + 1; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        read_row(c, line, c->v + c->n++ * c->n_columns);
    }
    return 0;
}

/* The rows of a column that have a number, as x (the step) and y. */
struct curve {
    double *x, *y;
    size_t n;
};

static size_t column_of(const struct csv *c, const char *name)
{
    size_t i = 0;
    while (i < c->n_columns && strcmp(c->names[i], name) != 0)
        i++;
    return i;
}

static struct curve curve_of(const struct csv *c, const char *name)
{
    struct curve k = {calloc(c->n + 1, sizeof(double)), calloc(c->n + 1, sizeof(double)), 0};
    size_t step = column_of(c, "step"), column = column_of(c, name);
    for (size_t i = 0; k.x && k.y && i < c->n && column < c->n_columns && step < c->n_columns;
         i++) {
        double y = c->v[i * c->n_columns + column];
        if (!isfinite(y))
            continue;
        k.x[k.n] = c->v[i * c->n_columns + step];
        k.y[k.n++] = y;
    }
    return k;
}

/* Means of the last steps: single batches jump. */
static void smooth(struct curve *k)
{
    double sum = 0, ring[WINDOW] = {0};
    for (size_t i = 0; i < k->n; i++) {
        sum += k->y[i] - ring[i % WINDOW];
        ring[i % WINDOW] = k->y[i];
        k->y[i] = sum / (double)(i + 1 < WINDOW ? i + 1 : WINDOW);
    }
}

static void divide(struct curve *k, const struct curve *by)
{
    for (size_t i = 0; i < k->n && i < by->n; i++)
        k->y[i] = by->y[i] > 0 ? k->y[i] / by->y[i] : 0;
}

static void release(struct curve *k, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(k[i].x);
        free(k[i].y);
    }
}

static int draw(const struct fn_plot *p, const struct curve *k, const char *const *labels,
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

static int draw_loss(const struct csv *c, const char *dir, struct fn_error *err)
{
    static const char *const labels[] = {"loss", "share of pairs with an active triplet"};
    struct curve k[3] = {curve_of(c, "loss"), curve_of(c, "active"), curve_of(c, "pairs")};
    char title[80];
    divide(&k[1], &k[2]);
    smooth(&k[0]);
    smooth(&k[1]);
    (void)snprintf(title, sizeof title, "Loss: %.4f at the end",
                   k[0].n ? k[0].y[k[0].n - 1] : 0);
    const struct fn_plot p = {.title = title,
                              .subtitle = "means of 20 steps",
                              .x = {.title = "step"},
                              .y = {.title = "loss; share"},
                              .legend_low = true};
    int r = draw(&p, k, labels, 2, dir, "train-loss", err);
    release(k, 3);
    return r;
}

static int draw_distances(const struct csv *c, const char *dir, struct fn_error *err)
{
    static const char *const names[] = {"positive_p50", "positive_p95", "negative_p5",
                                        "negative_p50"};
    static const char *const labels[] = {"same person, median", "same person, 95 %",
                                         "other people, 5 %", "other people, median"};
    struct curve k[4];
    for (int i = 0; i < 4; i++) {
        k[i] = curve_of(c, names[i]);
        smooth(&k[i]);
    }
    const struct fn_plot p = {.title = "Distances in a batch",
                              .subtitle = "squared, between unit vectors; means of 20 steps",
                              .x = {.title = "step"},
                              .y = {.title = "squared distance"},
                              .legend_left = true};
    int r = draw(&p, k, labels, 4, dir, "train-distances", err);
    release(k, 4);
    return r;
}

static int draw_held_out(const struct csv *c, const char *dir, struct fn_error *err)
{
    static const char *const labels[] = {"pair accuracy", "TAR at FAR 1e-3", "TAR at FAR 1e-4"};
    struct curve k[3] = {curve_of(c, "held_accuracy"), curve_of(c, "held_tar_1e-3"),
                         curve_of(c, "held_tar_1e-4")};
    char title[80];
    int r = 0;
    if (k[0].n) {
        (void)snprintf(title, sizeof title, "People held out: pair accuracy %.4f at the end",
                       k[0].y[k[0].n - 1]);
        const struct fn_plot p = {.title = title,
                                  .x = {.title = "step"},
                                  .y = {.title = "share", .lo = 0, .hi = 1},
                                  .legend_low = true};
        r = draw(&p, k, labels, 3, dir, "train-held-out", err);
    }
    release(k, 3);
    return r;
}

int fnq_run_plot_train(struct fnq_ctx *ctx, int argc, char **argv)
{
    char dir[FN_PATH_MAX], path[FN_PATH_MAX];
    struct csv c = {0};
    struct fn_error err = {0};
    if (argc != 1)
        return fnq_usage(ctx, "plot train: the folder of which run?");
    int r = fn_path_expand(dir, sizeof dir, argv[0]);
    r = r ? r : fn_path_join(path, sizeof path, dir, "train.csv");
    r = r ? fn_error_set(&err, r, "'%s': %s", argv[0], fn_strerror(r)) : 0;
    r = r ? r : read_csv(path, &c, &err);
    r = r ? r : draw_loss(&c, dir, &err);
    r = r ? r : draw_distances(&c, dir, &err);
    r = r ? r : draw_held_out(&c, dir, &err);
    free(c.v);
    fn_buf_finish(&c.text);
    if (r)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_note(ctx, "train-loss, train-distances and train-held-out, .svg and .png, are in %s",
             dir);
    return FNQ_OK;
}
