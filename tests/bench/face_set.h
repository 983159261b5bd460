/* SPDX-License-Identifier: MIT */
/* Faces of known people for clustering benchmarks: read from files, or generated. */
#ifndef FN_TESTS_BENCH_FACE_SET_H
#define FN_TESTS_BENCH_FACE_SET_H

#include "tests/bench/face_generator.h"

struct face_set {
    size_t n;
    int16_t *x; /* n x FN_DIM, q14 */
    uint32_t *person, *photo;
    float *quality;
};

/* vectors: rows of FN_DIM float32 of unit length, in the byte order of this machine. labels:
 * one line per row with person, photo, session, quality and flags, all numbers, separated by
 * tabs. -ENOMEM, -errno, FN_EUSAGE (a bad line, or not one line per row). */
FN_NODISCARD int face_set_read(const char *vectors, const char *labels, struct face_set *ret,
                               struct fn_error *err);
/* See face_world_deal. The rows are in its order. */
FN_NODISCARD int face_set_generate(uint64_t seed, size_t n, size_t n_people,
                                   struct face_set *ret, struct fn_error *err);
/* Writes the same faces to files that face_set_read reads. */
FN_NODISCARD int face_set_write(uint64_t seed, size_t n, size_t n_people, const char *vectors,
                                const char *labels, struct fn_error *err);
void face_set_free(struct face_set *s);

#endif
