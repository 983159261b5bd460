/* SPDX-License-Identifier: MIT */
/* Faces whose people are known, for benches of grouping: read from files, or generated. */
#ifndef FN_TESTS_BENCH_FACE_SET_H
#define FN_TESTS_BENCH_FACE_SET_H

#include "tests/bench/face_generator.h"

struct face_set {
    size_t n;
    int16_t *x; /* n x FN_DIM, q14 */
    uint32_t *person, *photo;
    float *quality;
};

/* vectors: rows of FN_DIM float32, this machine's byte order, unit length. labels: a line per
 * row: person, photo, session, quality and flags, separated by tabs, all numbers. -ENOMEM,
 * -errno, FN_EUSAGE (a line that is none, or another number of lines than rows). */
FN_NODISCARD int face_set_read(const char *vectors, const char *labels, struct face_set *ret,
                               struct fn_error *err);
/* As face_world_deal; rows in its order. */
FN_NODISCARD int face_set_generate(uint64_t seed, size_t n, size_t n_people,
                                   struct face_set *ret, struct fn_error *err);
/* The same as files that face_set_read reads. */
FN_NODISCARD int face_set_write(uint64_t seed, size_t n, size_t n_people, const char *vectors,
                                const char *labels, struct fn_error *err);
void face_set_free(struct face_set *s);

#endif
