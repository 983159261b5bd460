/* SPDX-License-Identifier: MIT */
/* See local_pictures.h. */
#include "local_pictures.h"

#include <errno.h>
#include <sys/stat.h>

#include "engine/image/decode.h"

static const struct fn_decode_limits limits = {500000000, (size_t)512 << 20};

static int source_of(int fd, struct fn_source *ret)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    *ret = (struct fn_source){fd, (uint64_t)st.st_size};
    return 0;
}

static int size(void *arg, int fd, uint32_t *ret_width, uint32_t *ret_height,
                struct fn_error *err)
{
    struct fn_source src;
    struct fn_image_info info;
    (void)arg;
    int rc = source_of(fd, &src);
    rc = rc ? rc : fn_image_probe(&src, &limits, &info, err);
    if (rc)
        return rc;
    *ret_width = info.width;
    *ret_height = info.height;
    return 0;
}

static int chip(void *arg, int fd, const struct fn_chip_cut *cut, float *rgb,
                bool *ret_truncated, struct fn_error *err)
{
    struct fn_source src;
    (void)arg;
    int rc = source_of(fd, &src);
    return rc ? rc : fn_image_decode_chip(&src, cut, &limits, rgb, NULL, ret_truncated, err);
}

const struct fn_picture_source local_pictures = {size, chip, NULL};
