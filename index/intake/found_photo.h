/* SPDX-License-Identifier: MIT */
/* What becomes of one photo, kept until it is written: the reply of a worker, copied, or why
 * the file is bad. */
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

/* The faces that a worker with this profile found in the file at path (its photo is not set)
 * with this content. The reply is not needed any more then. -ENOMEM, nothing to release. */
FN_NODISCARD int fn_found_reply(struct fn_found_photo *p, const struct fn_path *path,
                                const struct fn_h128 *hash, const struct fn_work_reply *reply,
                                const struct fn_h128 *profile_id);
/* The same file is a bad file. */
void fn_found_bad(struct fn_found_photo *p, const struct fn_path *path,
                  const struct fn_h128 *hash, const char *reason);
/* Into the index, with the queue entry of the path removed (fn_ingest_photo). v: the profile,
 * whose values an index takes over with its first faces. May be repeated. */
FN_NODISCARD int fn_found_write(struct fn_txn *t, const struct fn_profile_values *v,
                                const struct fn_found_photo *p, struct fn_error *err);
void fn_found_finish(struct fn_found_photo *p);

#endif
