/* SPDX-License-Identifier: MIT */
/* Photos on disk and the faces that the engine found in them, for the accuracy programs. */
#ifndef FN_TESTS_BENCH_ACCURACY_DATA_H
#define FN_TESTS_BENCH_ACCURACY_DATA_H

#include "engine/face/face.h"

struct found_face {
    float box[4]; /* pixels of the upright picture: x, y, w, h */
    float score, quality, eyes_px, sharpness, yaw_deg, roll_deg;
    int16_t x[FN_DIM]; /* as stored in an index */
};

struct photo {
    char path[512];  /* below the data directory */
    uint32_t person; /* index into the set's people, UINT32_MAX: unknown */
    int roll_deg;    /* rotated by this in memory before the search */
    /* results */
    bool failed;
    char error[160];
    uint32_t width, height;
    uint16_t rotated;
    struct found_face *faces; /* largest first */
    uint32_t n_faces;
    uint64_t decode_ns, detect_ns, landmarks_ns, embed_ns;
};

struct photo_set {
    struct photo *v;
    size_t n, cap;
    char (*people)[64];
    size_t n_people, people_cap;
};

struct photo *photo_add(struct photo_set *s, const char *path, uint32_t person);
uint32_t person_add(struct photo_set *s, const char *name); /* finds or adds */
/* dir/NAME/x.{jpg,png,pgm...}: one person per folder, in sorted order. */
int set_add_folders(struct photo_set *s, const char *data, const char *dir);
int set_add_files(struct photo_set *s, const char *data,
                  const char *dir); /* of unknown people */
void set_free(struct photo_set *s);

struct search_opts {
    const struct fn_profile *profile;
    struct fn_face_opts face;
    unsigned threads;
    bool progress;
};
/* Searches every photo of the set. A failure is recorded in its photo. 0, or the error of the
 * engine. */
int set_search(struct photo_set *s, const char *data, const struct search_opts *o,
               struct fn_error *err);

/* The face whose centre is nearest to the centre of the picture. NULL: none. */
const struct found_face *central_face(const struct photo *p);
const struct found_face *largest_face(const struct photo *p);

#endif
