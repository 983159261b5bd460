/* SPDX-License-Identifier: MIT */
/* fn_plot_grouping TABLE.tsv OUT_DIR: draws charts of the table of bench_grouping --table, over
 * the number of faces: grouping-cost and grouping-quality, each as .svg and .png. Uses only
 * sets whose name starts with "generated". Cost is the mean over the sets of one size; quality
 * is shown for each set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/draw/plot.h"

enum { SIZES_MAX = 32, SETS_MAX = 256, LINE = 1024, COLUMNS = 24 };

/* Columns of the table, by their names in it. */
enum figure { CPU_S, DEL_US, INS_US, P, R, B3, GROUPS, IMPURE, N, FIGURES };
static const char *const names[FIGURES] = {"cpu_s", "del_us", "ins_us", "p", "r",
                                           "b3",    "groups", "impure", "n"};

struct figures {
    double v[FIGURES][SIZES_MAX]; /* means */
    size_t sets[SIZES_MAX], n;
    double set[FIGURES][SETS_MAX]; /* of each set */
    size_t n_sets;
};

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "fn_plot_grouping: %s\n", what);
        exit(1);
    }
}

static size_t split(char *line, char **ret)
{
    size_t n = 0;
    line[strcspn(line, "\n")] = 0;
    for (char *at = line; at && n < COLUMNS; n++) {
        ret[n] = at;
        at = strchr(at, '\t');
        if (at)
            *at++ = 0;
    }
    return n;
}

static size_t size_of(struct figures *f, double n)
{
    size_t i = 0;
    while (i < f->n && f->v[N][i] < n)
        i++;
    if (i < f->n && f->v[N][i] == n)
        return i;
    must(f->n < SIZES_MAX, "too many sizes");
    for (size_t k = f->n++; k > i; k--) {
        f->sets[k] = f->sets[k - 1];
        for (int c = 0; c < FIGURES; c++)
            f->v[c][k] = f->v[c][k - 1];
    }
    f->sets[i] = 0;
    for (int c = 0; c < FIGURES; c++)
        f->v[c][i] = 0;
    f->v[N][i] = n;
    return i;
}

static void read_table(const char *path, struct figures *f)
{
    char line[LINE], *cell[COLUMNS];
    size_t column[FIGURES], n_columns = 0;
    FILE *in = fopen(path, "r");
    must(in && fgets(line, sizeof line, in), path);
    n_columns = split(line, cell);
    for (int c = 0; c < FIGURES; c++) {
        for (column[c] = 0; column[c] < n_columns && strcmp(cell[column[c]], names[c]) != 0;)
            column[c]++;
        must(column[c] < n_columns, names[c]);
    }
    while (fgets(line, sizeof line, in)) {
        if (strncmp(line, "generated", 9) != 0)
            continue;
        must(split(line, cell) == n_columns, "a line is cut short");
        must(f->n_sets < SETS_MAX, "too many sets");
        for (int c = 0; c < FIGURES; c++)
            f->set[c][f->n_sets] = strtod(cell[column[c]], NULL);
        size_t i = size_of(f, f->set[N][f->n_sets]);
        f->sets[i]++;
        for (int c = 0; c < N; c++)
            f->v[c][i] += f->set[c][f->n_sets];
        f->n_sets++;
    }
    (void)fclose(in);
    for (size_t i = 0; i < f->n; i++) {
        for (int c = 0; c < N; c++)
            f->v[c][i] /= (double)f->sets[i];
    }
    must(f->n > 0, "no generated sets in the table");
}

static struct fn_plot_series line(const struct figures *f, const char *label, const double *y,
                                  int colour)
{
    return (struct fn_plot_series){label, f->v[N],      y,
                                   f->n,  FN_PLOT_LINE, fn_plot_colours[colour]};
}

static void draw_cost(const struct figures *f, const char *dir)
{
    double seconds[2][SIZES_MAX];
    struct fn_error err = {0};
    for (size_t i = 0; i < f->n; i++) {
        seconds[0][i] = f->v[DEL_US][i] / 1e6;
        seconds[1][i] = f->v[INS_US][i] / 1e6;
    }
    const struct fn_plot_series s[] = {line(f, "all faces at once", f->v[CPU_S], 0),
                                       line(f, "one face goes (mean)", seconds[0], 1),
                                       line(f, "one face comes (mean)", seconds[1], 2)};
    const struct fn_plot p = {.title = "Cost of grouping",
                              .subtitle = "generated libraries, one thread",
                              .x = {.title = "faces",
                                    .log = true,
                                    .lo = f->v[N][0] / 2,
                                    .hi = f->v[N][f->n - 1] * 2,
                                    .ticks = f->v[N],
                                    .n_ticks = f->n},
                              .y = {.title = "CPU seconds", .log = true, .lo = 1e-5, .hi = 100},
                              .series = s,
                              .n_series = 3,
                              .legend_left = true};
    must(!fn_plot_save(&p, dir, "grouping-cost", &err), err.text);
}

static struct fn_plot_series dots(const struct figures *f, const char *label, const double *y,
                                  int colour)
{
    return (struct fn_plot_series){label,     f->set[N],    y,
                                   f->n_sets, FN_PLOT_DOTS, fn_plot_colours[colour]};
}

static void draw_quality(const struct figures *f, const char *dir)
{
    static double lost[4][SETS_MAX];
    struct fn_error err = {0};
    for (size_t i = 0; i < f->n_sets; i++) {
        double groups = f->set[GROUPS][i];
        lost[0][i] = 1 - f->set[P][i];
        lost[1][i] = 1 - f->set[R][i];
        lost[2][i] = 1 - f->set[B3][i];
        lost[3][i] = groups > 0 ? f->set[IMPURE][i] / groups : 0;
    }
    const struct fn_plot_series s[] = {dots(f, "groups with more than one person", lost[3], 3),
                                       dots(f, "1 - BCubed F", lost[2], 0),
                                       dots(f, "1 - recall of pairs", lost[1], 1),
                                       dots(f, "1 - precision of pairs", lost[0], 2)};
    const struct fn_plot p = {.title = "What grouping gets wrong",
                              .subtitle = "generated libraries, a dot each; good faces",
                              .x = {.title = "faces",
                                    .log = true,
                                    .lo = f->v[N][0] / 2,
                                    .hi = f->v[N][f->n - 1] * 2,
                                    .ticks = f->v[N],
                                    .n_ticks = f->n},
                              .y = {.title = "share", .log = true, .lo = 1e-6, .hi = 1},
                              .series = s,
                              .n_series = 4,
                              .legend_left = true,
                              .legend_low = true};
    must(!fn_plot_save(&p, dir, "grouping-quality", &err), err.text);
}

int main(int argc, char **argv)
{
    static struct figures f;
    struct fn_error err = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: fn_plot_grouping TABLE.tsv OUT_DIR\n");
        return 2;
    }
    read_table(argv[1], &f);
    must(!fn_mkdirs(argv[2], 0755, &err), err.text);
    draw_cost(&f, argv[2]);
    draw_quality(&f, argv[2]);
    return 0;
}
