/* SPDX-License-Identifier: MIT */
/* Between a worker and the index: the worker's reply in the types of index/. */
#ifndef FN_INDEX_REPLY_H
#define FN_INDEX_REPLY_H

#include "engine/model/profile.h"
#include "engine/work/work.h"
#include "index/ingest/ingest.h"

void fn_reply_photo(struct fn_photo *p, const struct fn_work_reply *r);
void fn_reply_face(struct fn_ingest_face *to,
                   const struct fn_face *from); /* without its feature */
/* Copies the values of the profile into the index when the first vectors are stored; they do
 * not change afterwards. */
FN_NODISCARD int fn_reply_model(struct fn_txn *t, const struct fn_profile_values *v,
                                const struct fn_ingest *in, struct fn_error *err);

#endif
