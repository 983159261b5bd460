/* SPDX-License-Identifier: MIT */
/* WebP still pictures by libwebp (RIFF container:
 * developers.google.com/speed/webp/docs/riff_container; RFC 9649). libwebp needs the whole file
 * in memory and shrinks while it decodes. Alpha is shown on white, as for PNG. */
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/image/codec.h"
#include "engine/image/decode_limits.h"

enum { HEAD = 4096, CHUNK_HEADER = 8, RIFF_HEADER = 12, CHUNKS_MAX = 64, EXIF_MAX = 1 << 20 };

static int bad(struct fn_error *err, const char *what)
{
    return fn_error_set(err, FN_EDECODE, "%s WebP", what);
}

/* The EXIF chunk follows the picture's. Some writers put JPEG's "Exif\0\0" before the TIFF
 * header. */
static void read_exif(const struct fn_source *src, struct fn_exif *ret)
{
    uint8_t head[CHUNK_HEADER];
    uint64_t at = RIFF_HEADER;
    for (int i = 0; i < CHUNKS_MAX; i++) {
        if (fn_pread_all(src->fd, head, sizeof head, at) != sizeof head)
            return;
        uint32_t n = fn_get_le32(head + 4);
        if (memcmp(head, "EXIF", 4) == 0 && n <= EXIF_MAX) {
            uint8_t *block = malloc(n ? n : 1);
            size_t skip = 0;
            if (block && fn_pread_all(src->fd, block, n, at + CHUNK_HEADER) == (ssize_t)n) {
                skip = n > 6 && memcmp(block, "Exif\0\0", 6) == 0 ? 6 : 0;
                fn_exif_parse(block + skip, n - skip, true, ret);
            }
            free(block);
            return;
        }
        at += CHUNK_HEADER + (uint64_t)n + (n & 1);
    }
}

int fn_webp_probe(const struct fn_source *src, struct fn_image_info *ret, struct fn_error *err)
{
    uint8_t head[HEAD];
    WebPBitstreamFeatures f;
    ssize_t n = fn_pread_all(src->fd, head, sizeof head, 0);
    if (n < 0)
        return fn_error_set(err, (int)n, "cannot read: %s", fn_strerror((int)n));
    VP8StatusCode s = WebPGetFeatures(head, (size_t)n, &f);
    if (s == VP8_STATUS_NOT_ENOUGH_DATA && (uint64_t)n == src->size)
        return bad(err, "truncated");
    if (s != VP8_STATUS_OK || f.width <= 0 || f.height <= 0)
        return bad(err, "broken");
    if (f.has_animation)
        return fn_error_set(err, FN_EUNSUPPORTED, "animated WebP pictures are not supported");
    ret->stored_width = (uint32_t)f.width;
    ret->stored_height = (uint32_t)f.height;
    read_exif(src, &ret->exif);
    return 0;
}

static void over_white(uint8_t *rgb, const uint8_t *rgba, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned a = rgba[4 * i + 3], white = 255 * (255 - a) + 127;
        for (size_t k = 0; k < 3; k++)
            rgb[3 * i + k] = (uint8_t)((rgba[4 * i + k] * a + white) / 255);
    }
}

/* Rows of w x h RGBA into their upright places. In place row by row: RGB is the shorter. */
static int turn_upright(uint8_t *rgba, uint32_t w, uint32_t h, int orientation,
                        struct fn_image *ret)
{
    bool swap = fn_orientation_swaps(orientation);
    int rc = fn_image_create(swap ? h : w, swap ? w : h, ret);
    for (uint32_t y = 0; !rc && y < h; y++) {
        uint8_t *row = rgba + (size_t)y * w * 4;
        over_white(row, row, w);
        fn_orient_rows(ret, orientation, w, h, y, 1, row, (size_t)w * 3);
    }
    return rc;
}

static int decode_bytes(const uint8_t *file, size_t n, uint32_t w, uint32_t h, bool scale,
                        uint8_t *rgba, struct fn_error *err)
{
    WebPDecoderConfig c;
    if (!WebPInitDecoderConfig(&c))
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "libwebp has another version than at build time");
    c.options.use_scaling = scale;
    c.options.scaled_width = (int)w;
    c.options.scaled_height = (int)h;
    c.output.colorspace = MODE_RGBA;
    c.output.is_external_memory = 1;
    c.output.u.RGBA.rgba = rgba;
    c.output.u.RGBA.stride = (int)(w * 4);
    c.output.u.RGBA.size = (size_t)w * h * 4;
    VP8StatusCode s = WebPDecode(file, n, &c);
    WebPFreeDecBuffer(&c.output);
    if (s == VP8_STATUS_OUT_OF_MEMORY)
        return fn_limit_memory(err);
    if (s == VP8_STATUS_NOT_ENOUGH_DATA || s == VP8_STATUS_SUSPENDED)
        return bad(err, "truncated");
    return s == VP8_STATUS_OK ? 0 : bad(err, "broken");
}

int fn_webp_decode(const struct fn_source *src, const struct fn_image_info *info,
                   uint32_t min_long_side, const struct fn_decode_limits *lim,
                   struct fn_image *ret, uint32_t *ret_denom, struct fn_error *err)
{
    uint32_t w = info->stored_width, h = info->stored_height;
    uint32_t denom = fn_pick_denom(w, h, min_long_side, 256);
    uint32_t sw = fn_div_up(w, denom), sh = fn_div_up(h, denom);
    /* A lossless picture is decoded whole before it is shrunk. */
    uint64_t need = src->size + (uint64_t)w * h * 4 + (uint64_t)sw * sh * 7;
    if (need > lim->max_bytes)
        return fn_limit_memory(err);
    struct fn_image m = {0};
    uint8_t *file = malloc(src->size ? (size_t)src->size : 1),
            *rgba = malloc((size_t)sw * sh * 4);
    int rc = file && rgba ? 0 : fn_limit_memory(err);
    if (!rc && fn_pread_all(src->fd, file, (size_t)src->size, 0) != (ssize_t)src->size)
        rc = bad(err, "truncated");
    if (!rc)
        rc = decode_bytes(file, (size_t)src->size, sw, sh, denom > 1, rgba, err);
    free(file);
    if (!rc && turn_upright(rgba, sw, sh, info->exif.orientation, &m))
        rc = fn_limit_memory(err);
    free(rgba);
    if (rc)
        return rc;
    *ret = m;
    *ret_denom = denom;
    return 0;
}
