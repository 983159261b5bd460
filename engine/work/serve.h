/* SPDX-License-Identifier: MIT */
/* How a worker serves one request. */
#ifndef FN_ENGINE_WORK_SERVE_H
#define FN_ENGINE_WORK_SERVE_H

#include "engine/work/work.h"

/* e: NULL in a worker without networks. Fills *ret (the caller sets id, times and memory). A
 * failed photo is a reply with a code, not an error. */
void fn_serve(struct fn_face_engine *e, const struct fn_decode_limits *lim,
              const struct fn_work_request *q, struct fn_work_reply *ret);

#endif
