/* SPDX-License-Identifier: MIT */
/* Where a training gets pixels from. Photos are untrusted: nothing here decodes them. Whoever
 * trains gives two functions that have it done by worker processes (engine/work/pool.h). */
#ifndef FN_ENGINE_TRAIN_PICTURE_SOURCE_H
#define FN_ENGINE_TRAIN_PICTURE_SOURCE_H

#include "engine/image/chip_cut.h"

/* Called by several threads at once. fd: a photo, open for reading, its position of no meaning;
 * the caller closes it. Errors name the reason, not the path. */
struct fn_picture_source {
    /* The size of the upright picture. */
    int (*size)(void *arg, int fd, uint32_t *ret_width, uint32_t *ret_height,
                struct fn_error *err);
    /* The chip that cut says. rgb: height x width x 3, 0..255; *ret_truncated: the photo breaks
     * off, but far enough to be used. The same photo and cut give the same bits always. */
    int (*chip)(void *arg, int fd, const struct fn_chip_cut *cut, float *rgb,
                bool *ret_truncated, struct fn_error *err);
    void *arg;
};

#endif
