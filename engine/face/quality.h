/* SPDX-License-Identifier: MIT */
/* How much a face can tell: size, sharpness, pose. The formula is in docs/quality.md. */
#ifndef FN_ENGINE_FACE_QUALITY_H
#define FN_ENGINE_FACE_QUALITY_H

#include "engine/image/resample.h"

struct fn_quality {
    float size, sharpness, pose; /* the three terms, each 0..1 */
    float product;
};

/* Term for the distance of the eyes in full-resolution pixels. */
float fn_quality_size(float eyes_px);
/* Sharpness of an aligned chip (RGB 0..255), 0..1; does not depend on its contrast or
 * brightness. */
float fn_quality_sharpness(const struct fn_imagef *chip);
/* Term for the head's turn; symmetric. */
float fn_quality_pose(float yaw_deg);

/* Head pose from 68 landmarks: yaw is positive when the nose points to the picture's right,
 * roll is positive clockwise. Yaw is computed from the position of the nose tip between the
 * outer eye corners, along the line of the eyes, with the depth of a mean head; it is accurate
 * to about 10 degrees, and saturates near profile. */
void fn_pose_from_points(const float (*points)[2], float *ret_yaw_deg, float *ret_roll_deg);

/* The same from the five points of fn_align_five. The outer eye corners are taken to be where a
 * mean head has them on the line of the eye means. */
void fn_pose_from_five(const float (*five)[2], float *ret_yaw_deg, float *ret_roll_deg);

struct fn_quality fn_quality_of(float eyes_px, float sharpness, float yaw_deg);

#endif
