/* SPDX-License-Identifier: MIT */
/* Random libraries for tests of the clustering rule: persons with tight and wide clouds,
 * siblings, bursts, equal vectors, photos with many faces, low-quality faces, and any labels
 * that a user may give them. A pool of faces, each of which is here or not. */
#ifndef FN_TESTS_PROPERTY_GROUPING_WORLD_H
#define FN_TESTS_PROPERTY_GROUPING_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/rng.h"
#include "tests/property/plain_grouping.h"

enum { GWORLD_NOTS = 3 };

struct gworld_face {
    uint64_t key, is, nots[GWORLD_NOTS]; /* nots: ascending, without `is` */
    uint32_t n_nots, photo, identity;
    uint32_t id; /* 0: not here */
    bool poor;
    const int16_t *x;
};
struct gworld {
    uint32_t width, n_identities, n_photos;
    size_t n;
    struct gworld_face *faces;
    int16_t *x;
    double confirmed, rejected, wrong;    /* share of faces with labels */
    double poor_confirmed, poor_rejected; /* of low-quality faces */
    struct plain_thresholds t;
};

/* n faces, none of them here. The same for the same seed and n. */
void gworld_make(struct gworld *w, uint64_t seed, size_t n);
void gworld_free(struct gworld *w);
/* Changes or removes the labels of a face. */
void gworld_say(struct gworld *w, struct fn_rng *r, size_t face);

#endif
