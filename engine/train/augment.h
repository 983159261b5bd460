/* SPDX-License-Identifier: MIT */
/* Random changes of a training picture. The draws are a function of (seed, step, sample,
 * operation), so they do not depend on threads or order, and the second pass over a batch sees
 * the chips of the first. Moves are part of the one similarity that cuts the chip, so pixels
 * are resampled only once. The other operations work on the chip. */
#ifndef FN_ENGINE_TRAIN_AUGMENT_H
#define FN_ENGINE_TRAIN_AUGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/image/resample.h"

struct fn_augment {
    float flip_p;           /* probability of a mirrored chip */
    float shift;            /* up to this share of the frame, in x and in y */
    float scale;            /* by up to e^scale in both directions */
    float rotate_deg;       /* up to this, in both directions */
    float brightness;       /* all values x (1 +- this) */
    float contrast;         /* distance from the mean grey of the chip x (1 +- this) */
    float saturation;       /* distance from grey x (1 +- this) */
    float grey_p;           /* probability of removing all colour */
    float blur_p, blur_px;  /* Gaussian, sigma up to blur_px chip pixels */
    float jpeg_p;           /* probability of encoding as JPEG and decoding again */
    int jpeg_min, jpeg_max; /* quality, 1..100 */
    float cutout_p;         /* probability of a grey rectangle over 2..20 % of the chip */
};
struct fn_augment fn_augment_default(void);
struct fn_augment fn_augment_none(void);
/* FN_EUSAGE with the value that is out of range. */
FN_NODISCARD int fn_augment_check(const struct fn_augment *a, struct fn_error *err);

/* The draws for one chip. */
struct fn_augment_plan {
    bool flip;
    float shift_x, shift_y, scale,
        rotate_rad;                   /* shares of the frame; factor; clockwise on screen */
    float gain, contrast, saturation; /* factors, 1: none */
    float blur_px;                    /* sigma, 0: none */
    int jpeg;                         /* quality, 0: none */
    float cutout[4];                  /* x, y, w, h as shares of the chip; w 0: none */
};
/* sample: the number of the sample, not its position in the batch. */
struct fn_augment_plan fn_augment_draw(const struct fn_augment *a, uint64_t seed, uint64_t step,
                                       uint64_t sample);

/* From the unit square of the chip to the unit square of the frame: rotation and scaling about
 * the centre, then the shift. Without the flip, which is an order of columns. */
struct fn_similarity fn_augment_move(const struct fn_augment_plan *p);

/* Memory that one thread reuses from chip to chip. */
struct fn_augment_work {
    float *blur; /* one chip, and a row with its padding */
    uint32_t width, height;
    int fd; /* memory file of the JPEG */
};
FN_NODISCARD int fn_augment_work_init(struct fn_augment_work *w, uint32_t width,
                                      uint32_t height); /* 0 or -errno */
void fn_augment_work_finish(struct fn_augment_work *w); /* NULL-safe, also for zeroed structs */

/* chip: width x height RGB, 0..255, changed in place. out: the result of all operations as
 * rounded bytes. */
FN_NODISCARD int fn_augment_chip(const struct fn_augment_plan *p, struct fn_augment_work *w,
                                 float *chip, uint8_t *out, struct fn_error *err);

#endif
