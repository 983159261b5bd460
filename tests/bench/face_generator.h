/* SPDX-License-Identifier: MIT */
/* Generated faces for benches and tests: vectors that lie as those of a real embedder do, of
 * any number of people.
 *
 * A person is a point whose coordinates have a falling spectrum; a face is that point, moved by
 * what all faces of one occasion share and by what is its own, shifted by what all faces share,
 * rotated and brought to unit length. On top of it:
 *   - people differ in how far their faces lie apart, and single faces fall out of the row;
 *   - poor faces lose what tells people apart and move to one point that all poor faces share;
 *   - some people come in families of three that look alike; some (children) change by year;
 *   - few people have most of the faces (Zipf), and some faces are of people seen once;
 *   - a photo shows one or several people, none of them twice.
 * Any row is a function of (seed, person, session, number) alone: a larger set changes how many
 * faces there are, not where they lie. The default shape is fitted by hand with
 * fn_face_distances: different people as among 7,300 pictures of 651 people by the default
 * embedder, faces of one person a little nearer, as those pictures are of celebrities over
 * decades. */
#ifndef FN_TESTS_BENCH_FACE_GENERATOR_H
#define FN_TESTS_BENCH_FACE_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/kernels/vector.h"

struct face_shape {
    /* length of what all faces share; a person's point has length 1 in the mean */
    double common;
    double knee, fall;    /* variance of coordinate k of a person: (1 + k / knee)^-fall */
    double within, flat;  /* variance of a person's faces; it falls as exp(-k / flat) */
    double session;       /* share of it that is the occasion's */
    double spread, stray; /* sigma of the logarithm of its size: of a person, of a face */
    double poor;          /* share of poor faces */
    double grow, hide,
        pull; /* what the worst of them do: variance, identity lost, way to the common point */
    double alike, alike_least,
        alike_most; /* share of families that look alike; range of their correlation */
    double ageing,
        drift; /* share of people who change; by how many radians over all the years */
    double zipf, strangers, people_per_face;
    double session_faces; /* mean number of faces of one occasion */
    double photo_more;    /* chance that a photo shows one more person */
};
extern const struct face_shape face_shape_default;

enum face_traits { FACE_POOR = 1, FACE_ALIKE = 2, FACE_AGEING = 4, FACE_STRANGER = 8 };

enum { FACE_MIRRORS = 8, FACE_PHOTO_MAX = 16 /* most faces of a photo */ };
struct face_world {
    uint64_t seed;
    struct face_shape shape;
    double person[FN_DIM], face[FN_DIM]; /* standard deviations of the coordinates */
    double blur[FN_DIM];                 /* the point of poor faces */
    double mirror[FACE_MIRRORS]
                 [FN_DIM]; /* unit normals: reflections in turn make the rotation */
};
/* shape NULL: the default one. */
void face_world_init(struct face_world *w, uint64_t seed, const struct face_shape *shape);

struct face_place {
    uint32_t person, session, number, photo; /* number: counts the faces of a person */
};
/* The unit vector of one face. ret_quality: 0 to 1, below .45 it is poor; ret_traits: enum
 * face_traits, without FACE_STRANGER. */
void face_world_row(const struct face_world *w, const struct face_place *at, float ret[FN_DIM],
                    float *ret_quality, unsigned *ret_traits);

/* Who is on which photo: n faces in random order, faces of one photo beside each other, photos
 * counted from 0. n_people 0: by people_per_face, and a share of strangers, whose numbers start
 * at *ret_first_stranger; else so many people (n at most), each with a face or more. *ret is
 * the caller's to free. -ENOMEM, -EINVAL (n 0). */
FN_NODISCARD int face_world_deal(const struct face_world *w, size_t n, size_t n_people,
                                 struct face_place **ret, size_t *ret_first_stranger);

#endif
