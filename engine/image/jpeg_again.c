/* SPDX-License-Identifier: MIT */
/* What a picture looks like after it was stored as a JPEG. What is decoded here was encoded
 * here: no file of anybody's is read. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "engine/image/codec.h"

int fn_image_through_jpeg(struct fn_image *m, int quality, int fd, struct fn_error *err)
{
    const struct fn_decode_limits lim = {(uint64_t)m->width * m->height, (size_t)256 << 20};
    struct fn_image out = {0};
    struct fn_image_info info = {.format = FN_FORMAT_JPEG};
    uint32_t denom;
    bool truncated;
    if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return fn_error_set(err, -errno, "memory file: %s", fn_strerror(-errno));
    int rc = fn_image_write_jpeg_fd(fd, m, quality, err);
    off_t size = rc ? 0 : lseek(fd, 0, SEEK_CUR);
    const struct fn_source src = {fd, size > 0 ? (uint64_t)size : 0};
    fn_exif_clear(&info.exif);
    rc = rc ? rc : fn_jpeg_probe(&src, &info, err);
    info.width = info.stored_width;
    info.height = info.stored_height;
    if (!rc && (info.width != m->width || info.height != m->height))
        rc = fn_error_set(err, FN_EDECODE, "the JPEG has another size");
    rc = rc ? rc : fn_jpeg_decode(&src, &info, 0, &lim, &out, &denom, &truncated, err);
    if (rc)
        return rc;
    for (uint32_t y = 0; y < m->height; y++)
        memcpy(m->data + y * m->stride, out.data + y * out.stride, (size_t)m->width * 3);
    fn_image_destroy(&out);
    return 0;
}
