/* SPDX-License-Identifier: MIT */
/* From one photo to its faces: detect, verify, landmarks, align, embed, quality.
 * An engine belongs to one thread; networks are shared through the profile. */
#ifndef FN_ENGINE_FACE_FACE_H
#define FN_ENGINE_FACE_FACE_H

#include "engine/base/config.h"
#include "engine/image/image.h"
#include "engine/image/resample.h"
#include "engine/kernels/vector.h"
#include "engine/model/profile.h"

enum { FN_FEATURE_MAX = 512, FN_POINTS = 68 };

struct fn_face {
    float box[4];    /* x, y, w, h: fractions of the upright picture, clamped to it */
    float score;     /* verifier's (or detector's) probability */
    float quality;   /* 0..1: product of clamped terms; docs/quality.md */
    float eyes_px;   /* inter-eye distance in full-resolution pixels */
    float sharpness; /* 0..1 of the chip */
    float yaw_deg, roll_deg;
    float points[5][2];      /* eyes, nose, mouth corners: fractions of the upright picture */
    float embedding[FN_DIM]; /* L2-normalised */
    uint16_t feature[FN_FEATURE_MAX]; /* fp16, feature_width of the embedder used */
    bool no_vector; /* of fn_face_embed_again only: embedding and feature are zero */
};

struct fn_photo_faces {
    struct fn_image_info info;
    struct fn_face *faces; /* largest first; owned by the engine, valid until its next call */
    uint32_t n_faces;
    uint32_t n_dropped; /* over max_faces */
    bool truncated;     /* the file is truncated; the available part was used */
    uint16_t rotated; /* degrees clockwise the upright picture had to be turned for faces to be
                         found */
    /* time by stage, ns */
    struct {
        uint64_t decode, detect, landmarks, embed;
    } ns;
};

struct fn_face_opts {
    enum fn_effort effort;
    enum fn_rotate rotate;
    float min_score; /* 0: the profile's */
    uint32_t min_face_px, max_faces;
    unsigned cpu_flags;
    struct fn_decode_limits limits;
    bool no_embed; /* stop after landmarks (tests, benches) */
};

struct fn_face_engine;
FN_NODISCARD int fn_face_engine_create(const struct fn_profile *p, const struct fn_face_opts *o,
                                       struct fn_face_engine **ret, struct fn_error *err);
void fn_face_engine_destroy(struct fn_face_engine *e);

/* Reads, decodes and searches one photo. A photo without faces is success with n_faces 0. */
FN_NODISCARD int fn_face_find(struct fn_face_engine *e, const struct fn_source *src,
                              struct fn_photo_faces *ret, struct fn_error *err);
/* The same on pixels in memory (upright); used by tests and rotated retries. */
FN_NODISCARD int fn_face_find_image(struct fn_face_engine *e, const struct fn_image *m,
                                    struct fn_photo_faces *ret, struct fn_error *err);
/* Embeds a face the user drew: box as fractions; no detector, landmarks as usual. */
FN_NODISCARD int fn_face_embed_box(struct fn_face_engine *e, const struct fn_source *src,
                                   const float box[4], struct fn_face *ret,
                                   struct fn_error *err);
/* Embeds n faces whose place is known, without detector and landmarks: boxes and points as
 * fn_face_find reported them for this photo, with any embedder. ret->faces: those n, in the
 * order of the request, valid until the next call. Scales are chosen as fn_face_find does; the
 * chip is aligned by the five points.
 *
 * box and points of the result are those of the request; score is 0, and ret->rotated is 0,
 * because nothing was searched. Yaw, roll and thus quality are computed from five points and
 * differ a little from those of fn_face_find. A coordinate of a point that is exactly 0 or 1 is
 * taken to be clipped to the picture, as the index does: the vector of such a face is an
 * estimate (docs/quality.md has the distances). A face is marked no_vector, and all its numbers
 * but box and points are 0, when its points are in one spot, when its chip lies outside the
 * picture or is more than four times as large, and when the network gives no direction; the
 * others are not affected. Errors are those of the photo. */
FN_NODISCARD int fn_face_embed_again(struct fn_face_engine *e, const struct fn_source *src,
                                     const float (*boxes)[4], const float (*points)[5][2],
                                     uint32_t n, struct fn_photo_faces *ret,
                                     struct fn_error *err);

#endif
