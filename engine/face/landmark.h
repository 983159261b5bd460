/* SPDX-License-Identifier: MIT */
/* 68 landmarks of one face, in one or two passes. */
#ifndef FN_ENGINE_FACE_LANDMARK_H
#define FN_ENGINE_FACE_LANDMARK_H

#include "engine/face/box.h"
#include "engine/face/face.h"
#include "engine/face/net_input.h"
#include "engine/image/image.h"
#include "engine/model/model.h"

struct fn_landmarker {
    const struct fn_model *model;
    struct fn_batch_net net;
    float *crop;
};

FN_NODISCARD int fn_landmarker_init(struct fn_landmarker *l, const struct fn_model *m,
                                    unsigned cpu_flags, struct fn_error *err);
void fn_landmarker_finish(struct fn_landmarker *l); /* NULL-safe */

/* Landmarks of the face in box (pixels of m) to points (pixels of m). Pass 1 uses the square of
 * crop_scale times the box's height. Pass 2, if the model requires it, uses the upright chip
 * around the points of pass 1, so that a rolled head is no harder than an upright one. */
FN_NODISCARD int fn_landmarker_run(struct fn_landmarker *l, const struct fn_image *m,
                                   struct fn_box box, float points[FN_POINTS][2],
                                   struct fn_error *err);

#endif
