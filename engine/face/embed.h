/* SPDX-License-Identifier: MIT */
/* From 68 landmarks to the vector of a face. */
#ifndef FN_ENGINE_FACE_EMBED_H
#define FN_ENGINE_FACE_EMBED_H

#include "engine/face/face.h"
#include "engine/face/net_input.h"
#include "engine/image/image.h"
#include "engine/model/model.h"

struct fn_embedder {
    const struct fn_model *model;
    struct fn_batch_net net;
    uint32_t output; /* the 128 numbers */
    bool flip;
    float *chip;     /* side x side x 3, of the face that was cut last */
    float *mirrored; /* 128 + feature_width numbers of the mirrored chip */
};

FN_NODISCARD int fn_embedder_init(struct fn_embedder *e, const struct fn_model *m, bool flip,
                                  unsigned cpu_flags, struct fn_error *err);
void fn_embedder_finish(struct fn_embedder *e); /* NULL-safe */

/* Numbers of fn_face.feature: the model's penultimate feature, or, when it names none or one
 * wider than FN_FEATURE_MAX, the embedding before its length was made 1, so that normalised
 * head(feature) is the embedding all the same. */
uint32_t fn_embedder_feature_width(const struct fn_model *m);

/* Cuts the chip of the 68 points (pixels of m); it stays in e->chip for quality's sake. */
void fn_embedder_cut(struct fn_embedder *e, const struct fn_image *m, const float (*points)[2]);
/* The same from the five points of fn_align_five. */
void fn_embedder_cut_five(struct fn_embedder *e, const struct fn_image *m,
                          const float (*five)[2]);
/* Runs on the chip that was cut: face->embedding (unit length) and face->feature. With flip the
 * raw outputs of chip and mirrored chip are averaged, features too, so that embedding =
 * normalised head(feature) still holds. FN_EMODEL when the network gives no direction (all
 * zeros or not finite). */
FN_NODISCARD int fn_embedder_run(struct fn_embedder *e, struct fn_face *face,
                                 struct fn_error *err);

#endif
