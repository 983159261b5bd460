/* SPDX-License-Identifier: MIT */
/* From 68 landmarks to the similarity that cuts an upright chip. Landmark numbering: iBUG
 * 300-W. */
#ifndef FN_ENGINE_FACE_ALIGN_H
#define FN_ENGINE_FACE_ALIGN_H

#include <stdbool.h>

#include "engine/face/face.h"
#include "engine/image/resample.h"
#include "engine/model/model.h"

/* Eye means, nose tip, mouth corners (image left first). */
void fn_align_five(const float (*points)[2], float five[5][2]);

/* Least-squares similarity from the model's chip to the picture of the 68 points. a->n_points
 * must be >= 2. Points and result follow fn_warp: whole numbers are pixel centres. */
struct fn_similarity fn_align_chip(const struct fn_align *a, const float (*points)[2]);

/* The same from the five points that fn_align_five gives: each is matched to the mean of those
 * points of the template that lie in it. For a template of these five means, the result is that
 * of fn_align_chip. Fewer than two in common: the zero similarity. */
struct fn_similarity fn_align_chip_five(const struct fn_align *a, const float (*five)[2]);

/* Where that chip has the five points; those that the template has not stay where they are. */
void fn_align_model_five(const struct fn_align *a, const float (*five)[2], float out[5][2]);

/* Distance of the eye means in the model's chip, in chip pixels; 0 if the template has no eyes.
 */
float fn_align_eye_distance(const struct fn_align *a);

/* False when the points cannot be a face: not finite, or all in one spot. */
bool fn_align_plausible(const float (*points)[2]);
bool fn_align_plausible_five(const float (*five)[2]);

#endif
