/* SPDX-License-Identifier: MIT */
/* HEIC and AVIF with libheif, which applies rotation, mirroring and cropping itself; the EXIF
 * orientation is therefore ignored. Everything is decoded in the calling thread if the codec
 * allows it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libheif/heif.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/image/codec.h"
#include "engine/image/decode_limits.h"
#include "engine/image/shrink.h"

enum { EXIF_BYTES_MAX = 1 << 20, SIDE_MAX = 65536 };

struct reader {
    const struct fn_source *src;
    int64_t at;
    int error;
    struct heif_context *ctx;
    struct heif_image_handle *handle;
};

static int64_t get_position(void *ctx)
{
    return ((struct reader *)ctx)->at;
}

static int read_data(void *out, size_t n, void *ctx)
{
    struct reader *r = ctx;
    ssize_t got = fn_pread_all(r->src->fd, out, n, (uint64_t)r->at);

    if (got < 0)
        r->error = (int)got;
    if (got < 0 || (size_t)got != n)
        return -1;
    r->at += (int64_t)n;
    return 0;
}

static int seek(int64_t position, void *ctx)
{
    if (position < 0)
        return -1;
    ((struct reader *)ctx)->at = position;
    return 0;
}

static enum heif_reader_grow_status wait_for_file_size(int64_t size, void *ctx)
{
    const struct reader *r = ctx;

    return size >= 0 && (uint64_t)size <= r->src->size
               ? heif_reader_grow_status_size_reached
               : heif_reader_grow_status_size_beyond_eof;
}

static const struct heif_reader callbacks = {
    .reader_api_version = 1,
    .get_position = get_position,
    .read = read_data,
    .seek = seek,
    .wait_for_file_size = wait_for_file_size,
};

static int give_error(const struct reader *r, struct heif_error e, const char *format,
                      struct fn_error *err)
{
    if (r->error)
        return fn_error_set(err, r->error, "cannot read: %s", strerror(-r->error));
    if (e.code == heif_error_Memory_allocation_error)
        return fn_limit_memory(err);
    bool unsupported =
        e.code == heif_error_Unsupported_feature || e.code == heif_error_Unsupported_filetype;
    /* libheif ends some of its sentences with a full stop and a line end */
    const char *text = e.message ? e.message : "?";
    int n = (int)strcspn(text, "\n");
    while (n > 0 && (text[n - 1] == '.' || text[n - 1] == ' '))
        n--;
    return fn_error_set(err, unsupported ? FN_EUNSUPPORTED : FN_EDECODE, "%s %s: %.*s",
                        unsupported ? "unsupported" : "broken", format, n, text);
}

static void reader_close(struct reader *r)
{
    if (r->handle)
        heif_image_handle_release(r->handle);
    if (r->ctx)
        heif_context_free(r->ctx);
}

static int reader_open(struct reader *r, const struct fn_source *src, const char *format,
                       struct fn_error *err)
{
    struct heif_error e;

    *r = (struct reader){.src = src};
    r->ctx = heif_context_alloc();
    if (!r->ctx)
        return fn_limit_memory(err);
    heif_context_set_maximum_image_size_limit(r->ctx, SIDE_MAX);
    heif_context_set_max_decoding_threads(r->ctx, 0);
    e = heif_context_read_from_reader(r->ctx, &callbacks, r, NULL);
    if (e.code == heif_error_Ok)
        e = heif_context_get_primary_image_handle(r->ctx, &r->handle);
    if (e.code == heif_error_Ok)
        return 0;
    int code = give_error(r, e, format, err);
    reader_close(r);
    return code;
}

/* ISO/IEC 23008-12 Annex A.2.1: the TIFF header follows a 4-byte offset. */
static void read_exif(const struct reader *r, struct fn_exif *ret)
{
    heif_item_id id;
    uint8_t *p = NULL;

    if (heif_image_handle_get_list_of_metadata_block_IDs(r->handle, "Exif", &id, 1) < 1)
        return;
    size_t n = heif_image_handle_get_metadata_size(r->handle, id);
    if (n < 12 || n > EXIF_BYTES_MAX)
        return;
    p = malloc(n);
    if (p && heif_image_handle_get_metadata(r->handle, id, p).code == heif_error_Ok) {
        uint64_t start = 4 + (uint64_t)fn_get_be32(p);

        if (start < n)
            fn_exif_parse(p + start, n - (size_t)start, false, ret);
    }
    free(p);
}

int fn_heif_probe(const struct fn_source *src, const struct fn_decode_limits *lim,
                  struct fn_image_info *ret, struct fn_error *err)
{
    struct reader r;
    int code = reader_open(&r, src, ret->format == FN_FORMAT_AVIF ? "AVIF" : "HEIC", err);

    if (code < 0)
        return code;
    int w = heif_image_handle_get_width(r.handle), h = heif_image_handle_get_height(r.handle);
    int sw = heif_image_handle_get_ispe_width(r.handle);
    int sh = heif_image_handle_get_ispe_height(r.handle);
    if (w <= 0 || h <= 0 || sw <= 0 || sh <= 0) {
        code = fn_error_set(err, FN_EDECODE, "broken %s: %d x %d pixels",
                            ret->format == FN_FORMAT_AVIF ? "AVIF" : "HEIC", w, h);
        goto out;
    }
    code = fn_limit_pixels((uint64_t)w, (uint64_t)h, lim, err);
    if (code < 0)
        goto out;
    ret->width = (uint32_t)w;
    ret->height = (uint32_t)h;
    ret->stored_width = (uint32_t)sw;
    ret->stored_height = (uint32_t)sh;
    read_exif(&r, &ret->exif);
out:
    reader_close(&r);
    return code;
}

static int shrink_plane(const struct heif_image *img, const struct fn_image_info *info,
                        uint32_t denom, struct fn_image *ret, struct fn_error *err)
{
    int stride = 0;
    const uint8_t *p = heif_image_get_plane_readonly(img, heif_channel_interleaved, &stride);
    int w = heif_image_get_width(img, heif_channel_interleaved);
    int h = heif_image_get_height(img, heif_channel_interleaved);
    struct fn_shrink s;

    if (!p || w <= 0 || h <= 0 || stride < 3 * w)
        return fn_error_set(err, FN_EDECODE, "broken %s: no pixels",
                            fn_format_name(info->format));
    if ((uint32_t)w != info->width || (uint32_t)h != info->height)
        return fn_error_set(err, FN_EDECODE,
                            "broken %s: %d x %d pixels where %u x %u were promised",
                            fn_format_name(info->format), w, h, info->width, info->height);
    if (fn_shrink_init(&s, (uint32_t)w, (uint32_t)h, denom, 1) < 0)
        return fn_limit_memory(err);
    for (int y = 0; y < h; y++)
        fn_shrink_row(&s, p + (size_t)y * (size_t)stride);
    *ret = s.image;
    s.image = (struct fn_image){0};
    fn_shrink_finish(&s);
    return 0;
}

int fn_heif_decode(const struct fn_source *src, const struct fn_image_info *info,
                   uint32_t min_long_side, const struct fn_decode_limits *lim,
                   struct fn_image *ret, uint32_t *ret_denom, struct fn_error *err)
{
    struct reader r;
    struct heif_image *img = NULL;
    const char *format = info->format == FN_FORMAT_AVIF ? "AVIF" : "HEIC";
    uint32_t denom = fn_pick_denom(info->width, info->height, min_long_side, FN_SHRINK_MAX);
    uint64_t pixels = (uint64_t)info->stored_width * info->stored_height;
    int code;

    /* the codec's planes and libheif's copy (4:2:0 each), the RGB picture, and ours */
    if (pixels * 6 + pixels * 3 / denom / denom > lim->max_bytes)
        return fn_limit_memory(err);
    code = reader_open(&r, src, format, err);
    if (code < 0)
        return code;
    struct heif_error e = heif_decode_image(r.handle, &img, heif_colorspace_RGB,
                                            heif_chroma_interleaved_RGB, NULL);
    if (e.code != heif_error_Ok)
        code = give_error(&r, e, format, err);
    else
        code = shrink_plane(img, info, denom, ret, err);
    if (code == 0)
        *ret_denom = denom;
    if (img)
        heif_image_release(img);
    reader_close(&r);
    return code;
}
