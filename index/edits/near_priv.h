/* SPDX-License-Identifier: MIT */
/* Private to near_photos.c, which gathers photos, and near_pairs.c, which compares them. */
#ifndef FN_INDEX_EDITS_NEAR_PRIV_H
#define FN_INDEX_EDITS_NEAR_PRIV_H

#include "index/edits/edits_priv.h"
#include "index/records/faces.h"
#include "index/records/rows.h"

struct fn_labelled_face {
    int64_t said_s;
    int16_t x[FN_DIM];
};

struct fn_gone_photo {
    fn_photo_id photo;
    bool left; /* in this transaction */
    bool loaded, has_moment;
    int64_t taken_s;
    char *path;
    const char *name; /* in path */
    struct fn_place_hashes at;
    struct fn_labelled_face *faces; /* with labels, once loaded */
    size_t n;
    int64_t first_said_s;
};

struct fn_shown_photo {
    fn_photo_id photo;
    bool has_moment;
    int64_t taken_s;
    char *path;
    const char *name; /* in path */
    struct fn_place_hashes at;
};

/* The times of capture of several photos, sorted. */
struct fn_moments {
    int64_t *v;
    size_t n, cap;
    bool any_without;
};
FN_NODISCARD int fn_moments_add(struct fn_moments *m, bool has_moment, int64_t taken_s);
void fn_moments_sort(struct fn_moments *m);
/* Whether a photo with this time may show the same moment as one of them. */
bool fn_moments_match(const struct fn_moments *m, bool has_moment, int64_t taken_s);

/* The labelled faces of a photo that is gone. */
FN_NODISCARD int fn_gone_photo_load(struct fn_txn *t, struct fn_gone_photo *g);
/* Adds those that went before this transaction from the folder, or with the name, of one that
 * came. Each photo is in n->gone once afterwards. */
FN_NODISCARD int fn_near_add_earlier(struct fn_near_photos *n);

#endif
