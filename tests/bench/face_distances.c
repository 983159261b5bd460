/* SPDX-License-Identifier: MIT */
/* Distances of faces of one person and of different people, for generated faces and optionally
 * for given ones.
 *
 *   fn_face_distances OUT_DIR [--faces N] [--seed N]
 *                     [--vectors FILE --labels FILE] [--quality Q]
 *
 * Writes OUT_DIR/face-distances.csv (shares per bin of squared distance), .svg and .png, and
 * prints the distances of several false-accept rates. Good faces only. Among pairs of one
 * person every person has the same weight, whatever the number of its faces. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/options.h"
#include "engine/base/paths.h"
#include "engine/draw/plot.h"
#include "engine/kernels/cpu.h"
#include "tests/bench/face_set.h"

enum { FINE = 4000, BARS = 100, FACES_MAX = 20000 };

struct distances {
    const char *name;
    double same[FINE], different[FINE]; /* shares, for d2 from 0 to 4 */
    double n_different, same_mean;
    size_t n_faces, n_people;
};

static void must(int rc, const char *what)
{
    if (rc) {
        fprintf(stderr, "fn_face_distances: %s\n", what);
        exit(1);
    }
}

/* The good faces, with those of a person next to each other. */
struct good {
    uint32_t person;
    const int16_t *x;
};

static int by_person(const void *a, const void *b)
{
    const struct good *x = a, *y = b;
    return (x->person > y->person) - (x->person < y->person);
}

static size_t bin_of(double d2)
{
    size_t bin = (size_t)(d2 * FINE / 4);
    return bin < FINE ? bin : FINE - 1;
}

static void measure_person(const struct good *f, size_t n, struct distances *d)
{
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    double share = n > 1 ? 2 / ((double)n * (double)(n - 1)) : 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double d2 = k->d2(f[i].x, f[j].x, FN_DIM) / (double)FN_Q14_ONE;
            d->same[bin_of(d2)] += share;
            d->same_mean += d2 * share;
        }
    }
    d->n_people += n > 1;
}

static void measure(const struct face_set *s, double quality, struct distances *d)
{
    const struct fn_vector_kernels *k = fn_vector_kernels(FN_CPU_DETECT);
    struct good *f = calloc(s->n + 1, sizeof *f);
    size_t n = 0;
    must(f ? 0 : -1, "out of memory");
    for (size_t i = 0; i < s->n && n < FACES_MAX; i++) {
        if ((double)s->quality[i] >= quality)
            f[n++] = (struct good){s->person[i], s->x + i * FN_DIM};
    }
    qsort(f, n, sizeof *f, by_person);
    d->n_faces = n;
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && f[next].person == f[i].person;)
            next++;
        measure_person(f + i, next - i, d);
        for (size_t a = i; a < next; a++) {
            for (size_t b = 0; b < i; b++)
                d->different[bin_of(k->d2(f[a].x, f[b].x, FN_DIM) / (double)FN_Q14_ONE)] += 1;
            d->n_different += (double)i;
        }
    }
    for (size_t i = 0; i < FINE; i++) {
        d->same[i] /= d->n_people ? (double)d->n_people : 1;
        d->different[i] /= d->n_different > 0 ? d->n_different : 1;
    }
    d->same_mean /= d->n_people ? (double)d->n_people : 1;
    free(f);
}

/* The least d2 below which there is the given share. */
static double quantile(const double *share, double q)
{
    double sum = 0;
    size_t i = 0;
    while (i < FINE && sum + share[i] < q)
        sum += share[i++];
    return 4.0 * (double)i / FINE;
}

static double below(const double *share, double d2)
{
    double sum = 0;
    for (size_t i = 0; i < bin_of(d2); i++)
        sum += share[i];
    return sum;
}

static void print(const struct distances *d)
{
    printf("%s: %zu good faces, %zu people with two or more\n", d->name, d->n_faces,
           d->n_people);
    printf("  one person: mean %.3f; 5 %% below %.3f, half %.3f, 95 %% %.3f; below .5 .8 .95: "
           "%.3f %.3f %.3f\n",
           d->same_mean, quantile(d->same, .05), quantile(d->same, .5), quantile(d->same, .95),
           below(d->same, .5), below(d->same, .8), below(d->same, .95));
    printf(
        "  different people: half below %.3f; false accepts of 1e-3 1e-4 1e-5 1e-6 below %.3f "
        "%.3f %.3f %.3f; at .6 .8 .95: %.1e %.1e %.1e\n",
        quantile(d->different, .5), quantile(d->different, 1e-3), quantile(d->different, 1e-4),
        quantile(d->different, 1e-5), quantile(d->different, 1e-6), below(d->different, .6),
        below(d->different, .8), below(d->different, .95));
}

struct curves {
    double x[BARS], same[BARS], different[BARS];
};

static void curves_of(const struct distances *d, struct curves *c)
{
    *c = (struct curves){.x = {0}};
    for (size_t i = 0; i < FINE; i++) {
        c->same[i * BARS / FINE] += d->same[i];
        c->different[i * BARS / FINE] += d->different[i];
    }
    for (size_t i = 0; i < BARS; i++)
        c->x[i] = 4.0 * ((double)i + .5) / BARS;
}

static void write_csv(const char *dir, const struct distances *d, const struct curves *c,
                      size_t n)
{
    char path[FN_PATH_MAX];
    must(fn_path_join(path, sizeof path, dir, "face-distances.csv"), "the path is too long");
    FILE *f = fopen(path, "w");
    must(f ? 0 : -1, path);
    fprintf(f, "set,d2,same,different\n");
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < BARS; i++)
            fprintf(f, "%s,%.3f,%.9g,%.9g\n", d[s].name, c[s].x[i], c[s].same[i],
                    c[s].different[i]);
    }
    must(fclose(f), path);
}

static void draw(const char *dir, const struct curves *c, size_t n)
{
    static const char *const labels[2][2] = {
        {"generated, same person", "generated, different people"},
        {"embedded, same person", "embedded, different people"}};
    struct fn_plot_series s[4];
    struct fn_error err = {0};
    for (size_t i = 0; i < n; i++) {
        enum fn_plot_kind kind = i ? FN_PLOT_DASHES : FN_PLOT_LINE;
        s[2 * i] = (struct fn_plot_series){labels[i][0], c[i].x, c[i].same,
                                           BARS,         kind,   fn_plot_colours[0]};
        s[2 * i + 1] = (struct fn_plot_series){labels[i][1], c[i].x, c[i].different,
                                               BARS,         kind,   fn_plot_colours[1]};
    }
    const struct fn_plot p = {.title = n > 1 ? "Distances of generated faces and of pictures"
                                             : "Distances of generated faces",
                              .subtitle = "every person counts the same; good faces only",
                              .x = {.title = "squared distance of unit vectors", .hi = 3},
                              .y = {.title = "share of the pairs of its kind, per 0.04"},
                              .series = s,
                              .n_series = 2 * n};
    must(fn_plot_save(&p, dir, "face-distances", &err), err.text);
}

int main(int argc, char **argv)
{
    static struct distances d[2] = {{.name = "generated"}, {.name = "embedded"}};
    static struct curves c[2];
    const char *vectors = NULL, *labels = NULL;
    uint64_t faces = 10000, seed = 1;
    double quality = .15;
    struct fn_error err = {0};
    struct face_set s;
    const struct fn_opt table[] = {
        {"faces", 0, FN_OPT_U64, &faces, "N", "generated faces"},
        {"seed", 0, FN_OPT_U64, &seed, "N", "which ones"},
        {"vectors", 0, FN_OPT_STRING, &vectors, "FILE", "rows of 128 float32"},
        {"labels", 0, FN_OPT_STRING, &labels, "FILE", "of whom they are"},
        {"quality", 0, FN_OPT_DOUBLE, &quality, "Q", "least quality of a given good face"},
        {0}};
    const struct fn_opt *const tables[] = {table};
    size_t n = 0;
    if (fn_options_parse(argc, argv, tables, 1, &n, &err) || n != 1 || !vectors != !labels) {
        fprintf(stderr,
                "usage: fn_face_distances OUT_DIR [--faces N] [--seed N] [--vectors FILE "
                "--labels FILE] [--quality Q]\n%s\n",
                err.text);
        return 2;
    }
    must(fn_mkdirs(argv[1], 0755, &err), err.text);
    must(face_set_generate(seed, faces, 0, &s, &err), err.text);
    measure(&s, .45, &d[0]);
    face_set_free(&s);
    if (vectors) {
        must(face_set_read(vectors, labels, &s, &err), err.text);
        measure(&s, quality, &d[1]);
        face_set_free(&s);
    }
    n = vectors ? 2 : 1;
    for (size_t i = 0; i < n; i++) {
        print(&d[i]);
        curves_of(&d[i], &c[i]);
    }
    write_csv(argv[1], d, c, n);
    draw(argv[1], c, n);
    return 0;
}
