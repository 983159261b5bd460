/* SPDX-License-Identifier: MIT */
/* A small world for property tests: photos with synthetic faces that come and go in an index,
 * and their labels. */
#ifndef FN_TESTS_PROPERTY_WORLD_H
#define FN_TESTS_PROPERTY_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/rng.h"
#include "index/labels/labels.h"
#include "index/people/people.h"

enum {
    WORLD_PHOTOS = 150 /* at most */,
    WORLD_FACES = 3,
    WORLD_PERSONS = 4,
    WORLD_FEATURE = 4
};

struct world {
    bool apart; /* set after opening: each photo has a folder of its own, so none can be the
                   edit of another */
    char dir[64];
    struct fn_store *store;
    fn_root_id root;
    uint64_t seed;
    uint32_t n_photos,
        n_identities; /* by seed: many people, or two with more faces than a list can hold */
    bool here[WORLD_PHOTOS];
    int64_t clock_us;
};

/* Opens an empty index in a new directory. Photo k of one seed is the same in every world. */
void world_open(struct world *w, uint64_t seed);
void world_close(struct world *w); /* removes the directory */
struct fn_txn *world_begin(struct world *w, bool write);
void world_commit(struct fn_txn *t);
uint32_t world_faces(const struct world *w, uint32_t photo);
struct fn_face_key world_face_key(const struct world *w, uint32_t photo, uint32_t face);
void world_add(struct world *w, struct fn_txn *t, uint32_t photo);
void world_remove(struct world *w, struct fn_txn *t, uint32_t photo);
/* Drops the photos that are gone and have no confirmed face. */
void world_expire(struct world *w, struct fn_txn *t);
/* Whether the index has a record of the photo, which may be gone. */
bool world_knows(const struct world *w, struct fn_txn *t, uint32_t photo);
struct fn_person_id world_person(uint32_t k);
/* One random act, undo or redo. A refused one changes nothing. True: it was accepted. */
bool world_say(struct world *w, struct fn_txn *t, struct fn_rng *r);
/* The log as text. Release it with free(). */
char *world_log(struct fn_txn *t, size_t *ret_n);
/* Updates the clusters and checks that no face differs from the partition from scratch. Returns
 * its hash. */
uint64_t world_settled(struct fn_txn *t);

#endif
