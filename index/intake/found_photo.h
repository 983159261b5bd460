/* SPDX-License-Identifier: MIT */
/* The result for one photo, stored until it is written: a copy of the worker's reply, or the
 * reason why the file is bad. */
#ifndef FN_INDEX_FOUND_PHOTO_H
#define FN_INDEX_FOUND_PHOTO_H

#include "engine/model/profile.h"
#include "engine/work/work.h"
#include "index/ingest/ingest.h"

struct fn_found_photo {
    struct fn_ingest in; /* faces and features are those below */
    struct fn_ingest_face *faces;
    uint16_t *features; /* n_faces x feature_width */
};

/* Stores the faces that a worker with this profile found in the file at path (its photo is not
 * set) with this content. The reply is not needed afterwards. -ENOMEM: nothing to release. */
FN_NODISCARD int fn_found_reply(struct fn_found_photo *p, const struct fn_path *path,
                                const struct fn_h128 *hash, const struct fn_work_reply *reply,
                                const struct fn_h128 *profile_id);
/* Stores that the file is a bad file. */
void fn_found_bad(struct fn_found_photo *p, const struct fn_path *path,
                  const struct fn_h128 *hash, const char *reason);
/* Writes it to the index and removes the queue entry of the path (fn_ingest_photo). v: the
 * values of the profile, which the index copies with its first faces. May be repeated. */
FN_NODISCARD int fn_found_write(struct fn_txn *t, const struct fn_profile_values *v,
                                const struct fn_found_photo *p, struct fn_error *err);
void fn_found_finish(struct fn_found_photo *p);

#endif
