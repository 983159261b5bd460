/* SPDX-License-Identifier: MIT */
/* Generated faces for benchmarks and tests: vectors with the distribution of those of a real
 * embedder, for any number of people.
 *
 * A person is a point whose coordinates have a falling spectrum. A face is that point plus what
 * all faces of one occasion share, plus its own deviation, plus what all faces share, rotated
 * and scaled to unit length. In addition:
 *  - people differ in how far apart their faces are, and single faces are outliers;
 *  - low-quality faces lose what distinguishes people and move towards one common point;
 *  - some people come in families of three that look alike; some (children) change by year;
 *  - few people have most of the faces (Zipf), and some faces are of people seen once;
 *  - a photo shows one or several people, none of them twice.
 *
 * Every row is a function of (seed, person, session, number) alone. A larger set has more
 * faces, but does not move any. The default shape was fitted by hand with fn_face_distances.
 * Distances of different people are those of 7,300 pictures of 651 people by the default
 * embedder. Faces of one person are a little closer than in those pictures, which show
 * celebrities over decades. */
#ifndef FN_TESTS_BENCH_FACE_GENERATOR_H
#define FN_TESTS_BENCH_FACE_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/kernels/vector.h"

struct face_shape {
    /* length of what all faces share; a person's point has mean length 1 */
    double common;
    double knee, fall;    /* variance of coordinate k of a person: (1 + k / knee)^-fall */
    double within, flat;  /* variance of a person's faces; it falls as exp(-k / flat) */
    double session;       /* share of it that belongs to the occasion */
    double spread, stray; /* sigma of the logarithm of its size: of a person, of a face */
    double poor;          /* share of low-quality faces */
    double grow, hide,
        pull; /* of the worst of them: variance, identity lost, way to the common point */
    double alike, alike_least,
        alike_most; /* share of families that look alike; range of their correlation */
    double ageing,
        drift; /* share of people who change; by how many radians over all the years */
    double zipf, strangers, people_per_face;
    double session_faces; /* mean number of faces of one occasion */
    double photo_more;    /* probability that a photo shows one more person */
};
extern const struct face_shape face_shape_default;

enum face_traits { FACE_POOR = 1, FACE_ALIKE = 2, FACE_AGEING = 4, FACE_STRANGER = 8 };

enum { FACE_MIRRORS = 8, FACE_PHOTO_MAX = 16 /* maximum of faces in a photo */ };
struct face_world {
    uint64_t seed;
    struct face_shape shape;
    double person[FN_DIM], face[FN_DIM]; /* standard deviations of the coordinates */
    double blur[FN_DIM];                 /* the common point of low-quality faces */
    double mirror[FACE_MIRRORS][FN_DIM]; /* normals of the reflections that form the rotation */
};
/* shape NULL: the default one. */
void face_world_init(struct face_world *w, uint64_t seed, const struct face_shape *shape);

struct face_place {
    uint32_t person, session, number, photo; /* number: counts the faces of a person */
};
/* The unit vector of one face. ret_quality: 0 to 1, below .45 it is a low-quality face.
 * ret_traits: enum face_traits, without FACE_STRANGER. */
void face_world_row(const struct face_world *w, const struct face_place *at, float ret[FN_DIM],
                    float *ret_quality, unsigned *ret_traits);

/* Distributes people over photos: n faces in random order, faces of one photo next to each
 * other, photos numbered from 0. n_people 0: by people_per_face, with a share of strangers,
 * whose numbers start at *ret_first_stranger. Otherwise n_people people (at most n), each with
 * at least one face. The caller frees *ret. -ENOMEM, -EINVAL (n is 0). */
FN_NODISCARD int face_world_deal(const struct face_world *w, size_t n, size_t n_people,
                                 struct face_place **ret, size_t *ret_first_stranger);

#endif
