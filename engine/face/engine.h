/* SPDX-License-Identifier: MIT */
/* What a face engine is made of; inside engine/face only. */
#ifndef FN_ENGINE_FACE_ENGINE_H
#define FN_ENGINE_FACE_ENGINE_H

#include "engine/face/box.h"
#include "engine/face/detect.h"
#include "engine/face/embed.h"
#include "engine/face/face.h"
#include "engine/face/landmark.h"
#include "engine/face/photo_pixels.h"
#include "engine/face/verify.h"

struct fn_face_engine {
    const struct fn_profile *profile;
    struct fn_face_opts opts;
    struct fn_detector detector;
    struct fn_verifier verifier; /* unused when the profile has none */
    struct fn_landmarker landmarker;
    struct fn_embedder embedder;
    struct fn_boxes found, best; /* of the photo; of the best turn */
    struct fn_boxes waiting;     /* faces that need finer pixels */
    struct fn_face *faces;
    size_t faces_size;
};

/* One photo on its way through. */
struct fn_photo_job {
    const struct fn_source *src; /* NULL: pixels in memory only */
    const struct fn_image_info *info;
    struct fn_frame frame;
    struct fn_pixels small; /* what was decoded for detection */
    struct fn_photo_faces *out;
    const float (*known)[5][2]; /* points of e->found, fractions of the upright photo; NULL:
                                   to be found in the pixels */
};

/* Long side in pixels that detection can use at this effort. */
uint32_t fn_search_long_side(const struct fn_profile_values *v, enum fn_effort effort);

/* Finds faces in job->small (and, with thorough effort, in full-resolution tiles) into
 * e->found: boxes in the frame, best first, overlaps merged. Nothing found is success. */
FN_NODISCARD int fn_search_faces(struct fn_face_engine *e, const struct fn_photo_job *job,
                                 struct fn_error *err);
/* The same on turned pictures, tried when nothing was found upright: the turn with the most
 * faces wins. job->frame and job->small then are the turned ones (*ret_turned owns the pixels);
 * unchanged when no turn has a face. */
FN_NODISCARD int fn_search_turned(struct fn_face_engine *e, struct fn_photo_job *job,
                                  struct fn_image *ret_turned, struct fn_error *err);

/* Landmarks, chip, embedding and quality of the face in box (frame) from the pixels p. */
FN_NODISCARD int fn_describe_face(struct fn_face_engine *e, const struct fn_photo_job *job,
                                  const struct fn_pixels *p, struct fn_box box,
                                  struct fn_face *face, struct fn_error *err);
/* The same for a face whose points are known: face->box and points are not changed. A face
 * without a vector stays marked so; that is success. */
FN_NODISCARD int fn_describe_known(struct fn_face_engine *e, const struct fn_photo_job *job,
                                   const struct fn_pixels *p, const float (*points)[2],
                                   struct fn_face *face, struct fn_error *err);
/* Whether any of the chip of known points is in the photo, and its bounds there (upright
 * pixels, not clipped). */
bool fn_known_bounds(const struct fn_face_engine *e, const struct fn_photo_job *job,
                     const float (*points)[2], struct fn_box *ret);

/* Room for n faces in e->faces. -ENOMEM. */
FN_NODISCARD int fn_reserve_faces(struct fn_face_engine *e, size_t n);
/* pipeline.c. A photo at the size at which faces are searched; fills out->info, truncated and
 * ns.decode. *ret_denom: by how much it is smaller. The caller destroys *ret. */
FN_NODISCARD int fn_photo_decode(const struct fn_face_engine *e, const struct fn_source *src,
                                 struct fn_photo_faces *out, struct fn_image *ret,
                                 uint32_t *ret_denom, struct fn_error *err);
/* All of e->found[0..n) into e->faces[0..n), from job->small or finer pixels where a face is
 * small. With known points, faces that are not in the photo are left as they are. */
FN_NODISCARD int fn_describe_faces(struct fn_face_engine *e, const struct fn_photo_job *job,
                                   size_t n, struct fn_error *err);

#endif
