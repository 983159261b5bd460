/* SPDX-License-Identifier: MIT */
/* Private to index/: the two sides of an index.
 *
 * What depends on the model (vectors, features, clusters and the persons over them, the model's
 * values) is in tables that exist twice. One side is the active one, which answers. The other
 * one is empty, or the next generation is being built on it, or it has the vectors of the
 * generation before. All other tables exist once; so a face has the same id and the same row
 * number on both sides, and a switch changes one number.
 *
 * A transaction looks at the active side, until it is told to look at the other one: code above
 * works on either side without knowing which. */
#ifndef FN_INDEX_SIDES_H
#define FN_INDEX_SIDES_H

#include "index/store/store.h"

enum fn_view { FN_VIEW_ACTIVE, FN_VIEW_OTHER };

enum fn_other_side {
    FN_OTHER_EMPTY = 0,
    FN_OTHER_BUILDING = 1, /* follows every change of faces and labels */
    FN_OTHER_KEPT = 2,     /* vectors of the generation before; follows removals only */
};

struct fn_sides {
    uint8_t active; /* 0 or 1 */
    uint8_t other;  /* enum fn_other_side */
    /* of each side: which pair of tables has its features. Two generations whose vectors are
     * made of the same features share them. */
    uint8_t features[2];
    uint16_t generation; /* given last */
};

void fn_sides_get(const struct fn_txn *t, struct fn_sides *ret);
/* Takes effect at once in t, and for others when it is committed. */
FN_NODISCARD int fn_sides_put(struct fn_txn *t, const struct fn_sides *s, struct fn_error *err);

/* Drops what the transaction holds in memory of people. */
void fn_txn_view(struct fn_txn *t, enum fn_view view);
enum fn_view fn_txn_viewed(const struct fn_txn *t);
/* Whether both sides have the same features. */
bool fn_sides_share_features(const struct fn_txn *t);

/* The name in meta of a value that each side has. */
enum { FN_SIDED_KEY = 64 };
const char *fn_sided_key(const struct fn_txn *t, const char *key, char out[FN_SIDED_KEY]);

#endif
