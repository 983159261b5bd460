/* SPDX-License-Identifier: MIT */
/* Positions of the five landmarks (eyes, nose tip, corners of the mouth) in a chip, so that
 * training pictures are cut like the chips of the model. */
#ifndef FN_ENGINE_TRAIN_FACE_TEMPLATE_H
#define FN_ENGINE_TRAIN_FACE_TEMPLATE_H

#include "engine/image/resample.h"
#include "engine/model/model.h"

/* Positions in the unit square of the face frame. */
struct fn_face_template {
    float at[5][2];
};
/* frame: side of the cut square divided by the side of the frame. For an imported model, the
 * positions are those of its alignment; for any other, the usual ones. */
struct fn_face_template fn_face_template_of(const struct fn_model *m, float frame);
/* The frame of five landmarks, in pixels of the picture. */
struct fn_similarity fn_face_template_frame(const struct fn_face_template *t,
                                            const float points[5][2]);
/* Sets the alignment of a model that is trained on such frames. */
void fn_face_template_align(struct fn_align *a, uint32_t width, uint32_t height, float frame);

#endif
