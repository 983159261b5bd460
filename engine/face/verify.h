/* SPDX-License-Identifier: MIT */
/* The second opinion on a detector's candidates: is it a face, and where exactly. */
#ifndef FN_ENGINE_FACE_VERIFY_H
#define FN_ENGINE_FACE_VERIFY_H

#include "engine/face/box.h"
#include "engine/face/net_input.h"
#include "engine/image/image.h"

struct fn_verifier {
    const struct fn_model *model;
    struct fn_batch_net net;
    uint32_t score_output, box_output;
    float *crop; /* side x side x 3 */
};

FN_NODISCARD int fn_verifier_init(struct fn_verifier *v, const struct fn_model *m,
                                  unsigned cpu_flags, struct fn_error *err);
void fn_verifier_finish(struct fn_verifier *v); /* NULL-safe */

/* Evaluates boxes[0..n) in m's pixels and keeps those whose probability is above min_score,
 * with the refined box, score = that probability and rank = it plus a thousandth of the old
 * score. The order does not change; *ret_kept: how many are left. Source: Zhang et al. 2016
 * (MTCNN), the last stage; the crop is the square of the longer side around the box's centre,
 * black outside the picture. */
FN_NODISCARD int fn_verifier_run(struct fn_verifier *v, const struct fn_image *m,
                                 struct fn_box *boxes, size_t n, float min_score,
                                 size_t *ret_kept, struct fn_error *err);

#endif
