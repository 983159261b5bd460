/* SPDX-License-Identifier: MIT */
/* The source of pixels for training. Photos are untrusted, and nothing here decodes them. The
 * caller provides two functions that let worker processes do it (engine/work/pool.h). */
#ifndef FN_ENGINE_TRAIN_PICTURE_SOURCE_H
#define FN_ENGINE_TRAIN_PICTURE_SOURCE_H

#include "engine/image/chip_cut.h"

/* Called by several threads in parallel. fd: a photo, open for reading, at any position. The
 * caller closes it. Errors have the reason, not the path. */
struct fn_picture_source {
    /* The size of the upright picture. */
    int (*size)(void *arg, int fd, uint32_t *ret_width, uint32_t *ret_height,
                struct fn_error *err);
    /* Cuts the chip described by cut. rgb: height x width x 3, 0..255. *ret_truncated: the
     * photo is truncated, but has enough data to be used. The same photo and cut always yield
     * the same bits. */
    int (*chip)(void *arg, int fd, const struct fn_chip_cut *cut, float *rgb,
                bool *ret_truncated, struct fn_error *err);
    void *arg;
};

#endif
