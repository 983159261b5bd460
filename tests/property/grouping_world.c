/* SPDX-License-Identifier: MIT */
#include "tests/property/grouping_world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH_MAX = 128 };

static double between(struct fn_rng *r, double a, double b)
{
    return a + (b - a) * fn_rng_uniform(r);
}

static double pick(struct fn_rng *r, const double *of, size_t n)
{
    return of[fn_rng_below(r, n)];
}

static void direction(struct fn_rng *r, uint32_t width, double *out)
{
    double norm = 0;
    for (uint32_t k = 0; k < width; k++) {
        double u = 1 - fn_rng_uniform(r), v = fn_rng_uniform(r);
        out[k] = sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
        norm += out[k] * out[k];
    }
    for (uint32_t k = 0; k < width; k++)
        out[k] /= sqrt(norm);
}

/* Moves x on the sphere by a squared distance of about d2. */
static void move(struct fn_rng *r, uint32_t width, double d2, double *x)
{
    double noise[WIDTH_MAX], norm = 0, c = 1 - d2 / 2, sigma = sqrt(1 / (c * c) - 1);
    direction(r, width, noise);
    for (uint32_t k = 0; k < width; k++) {
        x[k] += sigma * noise[k];
        norm += x[k] * x[k];
    }
    for (uint32_t k = 0; k < width; k++)
        x[k] /= sqrt(norm);
}

/* Moves a point of a grid, with 16 values of -1/4 or 1/4, to a close one. Grids have many equal
 * distances that are not 0. */
static void move_on_grid(struct fn_rng *r, uint32_t width, uint64_t n_moves, double *x)
{
    while (n_moves--) {
        uint64_t a = fn_rng_below(r, width), b = fn_rng_below(r, width);
        double v = x[a];
        x[a] = fn_rng_below(r, 4) ? x[b] : -x[b];
        x[b] = v;
    }
}

static void grid_point(struct fn_rng *r, uint32_t width, double *out)
{
    memset(out, 0, width * sizeof *out);
    for (int i = 0; i < 16; i++)
        out[i] = fn_rng_below(r, 2) ? .25 : -.25;
    move_on_grid(r, width, (uint64_t)width * 4, out);
}

static uint32_t d2_units(double d2)
{
    return (uint32_t)(d2 * 268435456);
}

static int ascending(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void make_thresholds(struct gworld *w, struct fn_rng *r)
{
    struct plain_thresholds *t = &w->t;
    t->net = fn_rng_below(r, 20) ? d2_units(between(r, .02, .4)) : 0;
    t->level1[3] = fn_rng_below(r, 30) ? d2_units(between(r, .1, 1)) : 0;
    t->level2[3] = fn_rng_below(r, 30) ? d2_units(between(r, .2, 1.1)) : 0;
    t->large = fn_rng_below(r, 3) ? d2_units(between(r, 0, .4)) : 0;
    for (int i = 0; i < 4; i++)
        t->attach[i] = fn_rng_below(r, 30) ? d2_units(between(r, .2, 1.3)) : 0;
    qsort(t->attach, 4, sizeof *t->attach, ascending);
    plain_steps(t);
    if (!fn_rng_below(r, 5)) { /* steps of any size */
        for (int i = 0; i < 3; i++) {
            t->level1[i] = (uint32_t)fn_rng_below(r, t->level1[3] + 1);
            t->level2[i] = (uint32_t)fn_rng_below(r, t->level2[3] + 1);
        }
        qsort(t->level1, 3, sizeof *t->level1, ascending);
        qsort(t->level2, 3, sizeof *t->level2, ascending);
    }
}

static uint64_t person(uint32_t identity)
{
    return fn_mix64(identity) | 1;
}

static uint64_t any_person(const struct gworld *w, struct fn_rng *r)
{
    return person((uint32_t)fn_rng_below(r, w->n_identities));
}

static int ascending64(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

void gworld_say(struct gworld *w, struct fn_rng *r, size_t face)
{
    struct gworld_face *f = &w->faces[face];
    f->is = 0;
    f->n_nots = 0;
    double confirmed = f->poor ? w->poor_confirmed : w->confirmed,
           rejected = f->poor ? w->poor_rejected : w->rejected;
    if (fn_rng_uniform(r) < confirmed)
        f->is = fn_rng_uniform(r) < w->wrong ? any_person(w, r) : person(f->identity);
    while (f->n_nots < GWORLD_NOTS && fn_rng_uniform(r) < rejected) {
        /* Of a look-alike as often as of anybody; sometimes of the right person, by mistake. */
        uint64_t p = fn_rng_below(r, 2) ? any_person(w, r) : person(f->identity ^ 1);
        if (fn_rng_uniform(r) < w->wrong)
            p = person(f->identity);
        bool is_new = p != f->is;
        for (uint32_t i = 0; i < f->n_nots; i++)
            is_new = is_new && f->nots[i] != p;
        if (!is_new)
            break;
        f->nots[f->n_nots++] = p;
    }
    qsort(f->nots, f->n_nots, sizeof *f->nots, ascending64);
}

/* The shape of the clouds of faces in a world. */
struct shape {
    bool grid;
    double spread_min, spread_max, burst, copies, poor, per_photo;
    double *centres, *spreads;
};

static void make_identities(struct gworld *w, struct fn_rng *r, struct shape *s)
{
    double siblings = fn_rng_uniform(r);
    for (uint32_t i = 0; i < w->n_identities; i++) {
        double *c = s->centres + (size_t)i * w->width;
        if (i % 2 && fn_rng_uniform(r) < siblings) {
            memcpy(c, c - w->width, w->width * sizeof *c);
            if (s->grid)
                move_on_grid(r, w->width, 4, c);
            else
                move(r, w->width, between(r, .1, .8), c);
        } else if (s->grid) {
            grid_point(r, w->width, c);
        } else {
            direction(r, w->width, c);
        }
        s->spreads[i] = between(r, s->spread_min, s->spread_max);
    }
}

static void make_face(struct gworld *w, struct fn_rng *r, const struct shape *s, size_t i)
{
    struct gworld_face *f = &w->faces[i];
    int16_t *x = w->x + i * w->width;
    double v[WIDTH_MAX];
    const struct gworld_face *like = i ? &w->faces[fn_rng_below(r, i)] : NULL;
    bool burst = like && fn_rng_uniform(r) < s->burst,
         copy = like && fn_rng_uniform(r) < s->copies;
    double u = fn_rng_uniform(r);
    f->key = fn_rng_u64(r);
    f->identity = burst || copy ? like->identity : (uint32_t)(u * u * w->n_identities);
    f->poor = fn_rng_uniform(r) < s->poor;
    f->x = x;
    if (i && fn_rng_uniform(r) > 1 / s->per_photo)
        f->photo = fn_rng_below(r, 8) ? w->faces[i - 1].photo : like->photo;
    else
        f->photo = w->n_photos++;
    if (copy) {
        memcpy(x, like->x, w->width * sizeof *x);
        return;
    }
    for (uint32_t k = 0; k < w->width; k++) {
        v[k] = burst ? like->x[k] / 16384.0 : s->centres[(size_t)f->identity * w->width + k];
    }
    if (s->grid) {
        move_on_grid(r, w->width, fn_rng_below(r, 5) + (f->poor ? 3 : 0), v);
    } else {
        /* Two faces are twice as far from each other as from the centre. */
        move(r, w->width, burst ? between(r, .001, .04) : s->spreads[f->identity] / 2, v);
        if (f->poor)
            move(r, w->width, between(r, .05, .5), v);
    }
    for (uint32_t k = 0; k < w->width; k++)
        x[k] = (int16_t)lround(v[k] * 16384);
}

void gworld_make(struct gworld *w, uint64_t seed, size_t n)
{
    struct fn_rng r = fn_rng_init(seed, 1000 + n);
    memset(w, 0, sizeof *w);
    w->n = n;
    w->width = 32U << fn_rng_below(&r, 3);
    w->faces = calloc(n, sizeof *w->faces);
    w->x = calloc(n * w->width, sizeof *w->x);
    w->n_identities =
        1 + (uint32_t)((double)n / pick(&r, (const double[]){2, 5, 12, 40, 100}, 5));
    struct shape s = {.grid = !fn_rng_below(&r, 5)};
    s.spread_min = pick(&r, (const double[]){.05, .2, .4}, 3);
    s.spread_max = s.spread_min + pick(&r, (const double[]){.1, .3, .5}, 3);
    s.burst = pick(&r, (const double[]){0, .2, .5, .9}, 4);
    s.copies = pick(&r, (const double[]){0, .02, .15, .5, .97}, 5);
    s.poor = pick(&r, (const double[]){0, .1, .4}, 3);
    s.per_photo = pick(&r, (const double[]){1, 1.2, 2, 5, 20}, 5);
    w->confirmed = pick(&r, (const double[]){0, .05, .2, .8}, 4);
    w->rejected = pick(&r, (const double[]){0, .02, .2, .7}, 4);
    w->poor_confirmed = pick(&r, (const double[]){w->confirmed, .2, .9}, 3);
    w->poor_rejected = pick(&r, (const double[]){w->rejected, .5}, 2);
    w->wrong = pick(&r, (const double[]){0, .05, .3, .8}, 4);
    bool crowd =
        n >= 500 && seed % 2 == 0; /* one or two persons with hundreds of sketch faces */
    if (crowd) {
        w->n_identities = 1 + (uint32_t)fn_rng_below(&r, 2);
        s = (struct shape){.spread_min = .4, .spread_max = .6, .poor = .1, .per_photo = 1.01};
        w->confirmed = .02;
        w->rejected = w->poor_rejected = 0;
        w->wrong = 0;
    }
    s.centres = calloc((size_t)w->n_identities * w->width, sizeof *s.centres);
    s.spreads = calloc(w->n_identities, sizeof *s.spreads);
    if (!w->faces || !w->x || !s.centres || !s.spreads)
        abort();
    make_identities(w, &r, &s);
    for (size_t i = 0; i < n; i++) {
        make_face(w, &r, &s, i);
        gworld_say(w, &r, i);
    }
    make_thresholds(w, &r);
    if (crowd) {
        w->t.net = d2_units(.05);
        w->t.level1[3] = d2_units(between(&r, .4, .8));
        w->t.level2[3] = w->t.level1[3] + d2_units(.1);
        plain_steps(&w->t);
    }
    free(s.centres);
    free(s.spreads);
}

void gworld_free(struct gworld *w)
{
    free(w->faces);
    free(w->x);
}
