/* SPDX-License-Identifier: MIT */
/* Small crops as network input: colour, normalisation and transposition as the model requires.
 */
#ifndef FN_ENGINE_FACE_NET_INPUT_H
#define FN_ENGINE_FACE_NET_INPUT_H

#include "engine/graph/exec.h"
#include "engine/image/resample.h"
#include "engine/model/model.h"

/* crop: width x height pixels of RGB 0..255; to: one picture of the network's input (channels
 * innermost, 3 of them or 1 when grey). mirror: left and right exchanged. */
void fn_net_input(const struct fn_preprocess *pre, const struct fn_imagef *crop, bool mirror,
                  float *to);

/* One network compiled for one picture and for a batch, both with the same results. */
enum { FN_BATCH = 8 };
struct fn_batch_net {
    struct fn_exec *one, *many; /* many: FN_BATCH pictures */
    uint32_t width, height;     /* of a crop */
    uint32_t side;              /* of a square one; otherwise 0 */
    size_t in_size;             /* floats of one picture */
};
/* Refuses inputs that do not fit the model's colour. with_batch: compile many too. */
FN_NODISCARD int fn_batch_net_init(struct fn_batch_net *b, const struct fn_model *m,
                                   unsigned cpu_flags, bool with_batch, struct fn_error *err);
void fn_batch_net_finish(struct fn_batch_net *b); /* NULL-safe */

#endif
