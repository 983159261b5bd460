/* SPDX-License-Identifier: MIT */
/* Generated faces; see face_generator.h. */
#include "tests/bench/face_generator.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "engine/base/rng.h"

const struct face_shape face_shape_default = {.common = .25,
                                              .knee = 30,
                                              .fall = 3,
                                              .within = .42,
                                              .flat = 25,
                                              .session = .45,
                                              .spread = .15,
                                              .stray = .22,
                                              .poor = .08,
                                              .grow = 1.2,
                                              .hide = .55,
                                              .pull = .45,
                                              .alike = .1,
                                              .alike_least = .4,
                                              .alike_most = .8,
                                              .ageing = .05,
                                              .drift = 1.1,
                                              .zipf = 1,
                                              .strangers = .15,
                                              .people_per_face = .03,
                                              .session_faces = 4,
                                              .photo_more = .35};

/* The purpose of a stream of random numbers. Each purpose has its own stream. */
enum stream {
    OF_WORLD,
    OF_PERSON,
    OF_LATER_SELF,
    OF_FAMILY,
    OF_SESSION,
    OF_FACE,
    OF_COUNTS,
    OF_PHOTOS
};

static struct fn_rng stream(uint64_t seed, enum stream what, uint32_t a, uint32_t b)
{
    return fn_rng_init(seed + (uint64_t)what * 0x100000001b3u, (uint64_t)a << 32 | b);
}

static double normal(struct fn_rng *r)
{
    double u = 1 - fn_rng_uniform(r), v = fn_rng_uniform(r);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void normals(struct fn_rng *r, double out[FN_DIM])
{
    for (int k = 0; k < FN_DIM; k += 2) {
        double u = sqrt(-2 * log(1 - fn_rng_uniform(r)));
        double v = 6.283185307179586 * fn_rng_uniform(r);
        out[k] = u * cos(v);
        out[k + 1] = u * sin(v);
    }
}

/* Coordinates of people are bounded, as measured ones are. With a normal distribution some
 * people would be far too similar. */
static void coordinates(struct fn_rng *r, double out[FN_DIM])
{
    for (int k = 0; k < FN_DIM; k++)
        out[k] = 1.7320508075688772 * (2 * fn_rng_uniform(r) - 1);
}

static void to_length(double x[FN_DIM], double length)
{
    double n = 0;
    for (int k = 0; k < FN_DIM; k++)
        n += x[k] * x[k];
    n = n > 0 ? length / sqrt(n) : 0;
    for (int k = 0; k < FN_DIM; k++)
        x[k] *= n;
}

/* Converts variances to standard deviations whose squares have the sum total. */
static void scale(double v[FN_DIM], double total)
{
    double sum = 0;
    for (int k = 0; k < FN_DIM; k++)
        sum += v[k];
    for (int k = 0; k < FN_DIM; k++)
        v[k] = sqrt(v[k] * total / sum);
}

void face_world_init(struct face_world *w, uint64_t seed, const struct face_shape *shape)
{
    *w = (struct face_world){.seed = seed, .shape = shape ? *shape : face_shape_default};
    const struct face_shape *s = &w->shape;
    struct fn_rng r = stream(seed, OF_WORLD, 0, 0);
    for (int k = 0; k < FN_DIM; k++) {
        w->person[k] = pow(1 + k / s->knee, -s->fall);
        w->face[k] = exp(-k / s->flat);
    }
    scale(w->person, 1);
    scale(w->face, s->within);
    normals(&r, w->blur);
    for (int k = 0; k < FN_DIM; k++)
        w->blur[k] *= w->person[k];
    to_length(w->blur, 1);
    for (int i = 0; i < FACE_MIRRORS; i++) {
        normals(&r, w->mirror[i]);
        to_length(w->mirror[i], 1);
    }
}

static void rotate(const struct face_world *w, double x[FN_DIM])
{
    for (int i = 0; i < FACE_MIRRORS; i++) {
        const double *m = w->mirror[i];
        double along = 0;
        for (int k = 0; k < FN_DIM; k++)
            along += m[k] * x[k];
        for (int k = 0; k < FN_DIM; k++)
            x[k] -= 2 * along * m[k];
    }
}

/* The point of a person at a time from 0 to 1, in units of the spectrum. Returns the traits. */
static unsigned person_at(const struct face_world *w, uint32_t person, double time,
                          double out[FN_DIM], double *ret_size)
{
    const struct face_shape *s = &w->shape;
    struct fn_rng own = stream(w->seed, OF_PERSON, person, 0);
    struct fn_rng family = stream(w->seed, OF_FAMILY, person / 3, 0);
    double other[FN_DIM];
    unsigned traits = 0;
    bool ages = fn_rng_uniform(&own) < s->ageing, alike = fn_rng_uniform(&family) < s->alike;
    /* Within two sigma, as all of the 428 measured people are. */
    *ret_size = exp(s->spread * fmax(-2, fmin(2, normal(&own))));
    coordinates(&own, out);
    if (alike) {
        double c = s->alike_least + (s->alike_most - s->alike_least) * fn_rng_uniform(&family);
        double rest = sqrt(1 - c * c);
        coordinates(&family, other);
        for (int k = 0; k < FN_DIM; k++)
            out[k] = rest * out[k] + c * other[k];
        traits |= FACE_ALIKE;
    }
    if (ages) {
        struct fn_rng later = stream(w->seed, OF_LATER_SELF, person, 0);
        double from = cos(s->drift * time), to = sin(s->drift * time);
        coordinates(&later, other);
        for (int k = 0; k < FN_DIM; k++)
            out[k] = from * out[k] + to * other[k];
        traits |= FACE_AGEING;
    }
    return traits;
}

void face_world_row(const struct face_world *w, const struct face_place *at, float ret[FN_DIM],
                    float *ret_quality, unsigned *ret_traits)
{
    const struct face_shape *s = &w->shape;
    struct fn_rng occasion = stream(w->seed, OF_SESSION, at->person, at->session);
    struct fn_rng face = stream(w->seed, OF_FACE, at->person, at->number);
    double x[FN_DIM], shared[FN_DIM], own[FN_DIM], size;
    double time = fn_rng_uniform(&occasion);
    bool poor = fn_rng_uniform(&face) < s->poor;
    double u = fn_rng_uniform(&face), quality = poor ? .36 * u : .54 + .46 * sqrt(u);
    double bad = poor ? 1 - quality / .45 : 0;
    unsigned traits = person_at(w, at->person, time, x, &size);
    double by_occasion = size * sqrt(s->session);
    double by_face = size * sqrt(1 - s->session) * exp(s->stray * normal(&face));
    by_face *= 1 + s->grow * bad;
    normals(&occasion, shared);
    normals(&face, own);
    for (int k = 0; k < FN_DIM; k++)
        x[k] = (1 - s->hide * bad) * w->person[k] * x[k] +
               w->face[k] * (by_occasion * shared[k] + by_face * own[k]) +
               s->pull * bad * w->blur[k];
    /* In the coordinate in which faces vary least, so that lengths stay nearly equal. */
    x[FN_DIM - 1] += s->common;
    rotate(w, x);
    to_length(x, 1);
    for (int k = 0; k < FN_DIM; k++)
        ret[k] = (float)x[k];
    *ret_quality = (float)quality;
    *ret_traits = traits | (poor ? FACE_POOR : 0);
}

/* Counts by Zipf for n_people people with at least one face each, n in all. */
static void counts(const struct face_shape *s, size_t n, size_t *count, size_t n_people)
{
    double sum = 0;
    size_t given = 0;
    for (size_t i = 0; i < n_people; i++)
        sum += pow((double)i + 1, -s->zipf);
    for (size_t i = 0; i < n_people; i++) {
        count[i] = (size_t)((double)n * pow((double)i + 1, -s->zipf) / sum);
        count[i] += count[i] == 0;
        given += count[i];
    }
    for (size_t i = 0; given > n; i = (i + 1) % n_people) {
        if (count[i] > 1) {
            count[i]--;
            given--;
        }
    }
    for (size_t i = 0; given < n; i = (i + 1) % n_people, given++)
        count[i]++;
}

static void add_person(const struct face_world *w, uint32_t person, size_t n,
                       struct face_place *out)
{
    struct fn_rng r = stream(w->seed, OF_COUNTS, person, 0);
    uint32_t session = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct face_place){person, session, (uint32_t)i, 0};
        session += fn_rng_uniform(&r) * w->shape.session_faces < 1;
    }
}

/* A photo ends at random, and before a face of a person who is already on it. */
static void take_photos(const struct face_world *w, struct face_place *f, size_t n)
{
    struct fn_rng r = stream(w->seed, OF_PHOTOS, (uint32_t)n, 0);
    for (size_t i = n; i > 1; i--) {
        size_t k = fn_rng_below(&r, i);
        struct face_place t = f[i - 1];
        f[i - 1] = f[k];
        f[k] = t;
    }
    size_t first = 0;
    uint32_t photo = 0;
    for (size_t i = 1; i < n; i++) {
        bool ends = fn_rng_uniform(&r) >= w->shape.photo_more || i - first == FACE_PHOTO_MAX;
        for (size_t k = first; k < i && !ends; k++)
            ends = f[k].person == f[i].person;
        if (ends) {
            first = i;
            photo++;
        }
        f[i].photo = photo;
    }
}

int face_world_deal(const struct face_world *w, size_t n, size_t n_people,
                    struct face_place **ret, size_t *ret_first_stranger)
{
    if (n == 0)
        return -EINVAL;
    size_t strangers = n_people ? 0 : (size_t)(w->shape.strangers * (double)n);
    size_t known = n - strangers;
    size_t k = n_people ? n_people : (size_t)(w->shape.people_per_face * (double)n);
    k = k < 1 ? 1 : k > known ? known : k;
    struct face_place *f = calloc(n, sizeof *f);
    size_t *count = calloc(k, sizeof *count), at = 0;
    if (!f || !count) {
        free(f);
        free(count);
        return -ENOMEM;
    }
    counts(&w->shape, known, count, k);
    for (size_t i = 0; i < k; at += count[i], i++)
        add_person(w, (uint32_t)i, count[i], f + at);
    for (size_t i = 0; i < strangers; i++)
        add_person(w, (uint32_t)(k + i), 1, f + at + i);
    take_photos(w, f, n);
    free(count);
    *ret = f;
    *ret_first_stranger = k;
    return 0;
}
