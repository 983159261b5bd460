/* SPDX-License-Identifier: MIT */
/* What the daemon's writer does: the durable queue, and the one transaction per batch in which
 * photo, faces, vectors and the removal of the queue entry become visible together. */
#ifndef FN_INDEX_INGEST_H
#define FN_INDEX_INGEST_H

#include "index/records/faces.h"
#include "index/records/queue.h"

/* A face as a worker reports it (the daemon copies it over; index/ does not know the engine's
 * types). */
struct fn_ingest_face {
    float box[4];       /* fractions of the upright picture */
    float points[5][2]; /* in the same unit */
    float score, quality, sharpness, eyes_px, yaw_deg, roll_deg;
    bool drawn;
    float embedding[FN_DIM];
    const uint16_t *feature; /* fp16 x feature_width */
};

/* One photo's outcome. */
struct fn_ingest {
    struct fn_path path; /* where it was found; path.photo is set by the call */
    struct fn_h128 hash;
    /* fields the worker found out; id, hash, n_faces are set by the call */
    struct fn_photo photo;
    const struct fn_ingest_face *faces;
    uint32_t n_faces;
    uint32_t feature_width;
    struct fn_h128 profile_id; /* must equal the index's; sets it when the index has none yet */
};
/* Stores a decoded photo (photo.state OK) or a bad one (BAD with reason), its faces and vectors
 * and its path, and removes the queue entry of the path. A photo known by hash only gains the
 * path. Leaves pending changes in t, also for labels of the picture that the path had before
 * (index/edits/edits.h): commit with fn_index_commit (update.h). */
FN_NODISCARD int fn_ingest_photo(struct fn_txn *t, struct fn_ingest *in, fn_photo_id *ret,
                                 struct fn_error *err);
/* Known content at a new or changed path, no pixel touched: path put, queue entry removed.
 * FN_ENOTFOUND when the hash is unknown. */
FN_NODISCARD int fn_ingest_known(struct fn_txn *t, const struct fn_h128 *hash,
                                 const struct fn_path *path, struct fn_error *err);

#endif
