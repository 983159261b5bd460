/* SPDX-License-Identifier: MIT */
/* PNG to upright RGB with libpng. Rows are averaged as they arrive, so a non-interlaced file of
 * any size needs one row; an interlaced one needs the whole picture. 16 bits become 8, palettes
 * and grey become RGB, and transparent pixels are shown on white. Gamma and colour profiles are
 * not applied. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "engine/base/file.h"
#include "engine/image/codec.h"
#include "engine/image/guard.h"
#include "engine/image/decode_limits.h"
#include "engine/image/shrink.h"

enum { PNG_BUFFER = 65536, CHUNK_BYTES_MAX = 8 << 20, CHUNKS_KEPT_MAX = 256 };

struct reader {
    png_structp png;
    png_infop info;
    struct fn_guard *guard;
    const struct fn_source *src;
    const struct fn_image_info *want;
    const struct fn_decode_limits *lim;
    uint64_t at;
    size_t pos, len;
    int error; /* -errno of a failed read */
    bool ended;
    int code;
    char text[160];
    uint32_t denom;
    bool alpha;
    uint32_t rows;   /* complete ones */
    uint8_t *pixels; /* one row, or the whole interlaced picture */
    png_bytep *row_pointers;
    struct fn_shrink shrink;
    uint8_t buf[PNG_BUFFER];
};

static _Noreturn void fail(struct reader *r, int code, const char *text)
{
    if (r->code == 0) {
        r->code = code;
        snprintf(r->text, sizeof r->text, "%s", text);
    }
    fn_guard_leave(r->guard);
}

static void on_error(png_structp png, png_const_charp text)
{
    fail(png_get_error_ptr(png), FN_EDECODE, text);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void read_data(png_structp png, png_bytep out, size_t n)
{
    struct reader *r = png_get_io_ptr(png);

    while (n > 0) {
        if (r->pos == r->len) {
            ssize_t got = fn_pread_all(r->src->fd, r->buf, sizeof r->buf, r->at);

            r->error = got < 0 ? (int)got : 0;
            r->ended = got == 0;
            if (got <= 0)
                fail(r, FN_EDECODE, "ends too early");
            r->at += (uint64_t)got;
            r->pos = 0;
            r->len = (size_t)got;
        }
        size_t part = r->len - r->pos < n ? r->len - r->pos : n;
        memcpy(out, r->buf + r->pos, part);
        r->pos += part;
        out += part;
        n -= part;
    }
}

/* Everything becomes 8-bit RGB or RGBA. */
static void set_transforms(struct reader *r)
{
    png_byte color = png_get_color_type(r->png, r->info);

    png_set_expand(r->png);
    png_set_scale_16(r->png);
    if (color == PNG_COLOR_TYPE_GRAY || color == PNG_COLOR_TYPE_GRAY_ALPHA)
        png_set_gray_to_rgb(r->png);
    r->alpha =
        (color & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(r->png, r->info, PNG_INFO_tRNS);
}

static void over_white(uint8_t *row, size_t width)
{
    for (size_t x = 0; x < width; x++) {
        const uint8_t *in = row + 4 * x;
        unsigned a = in[3], white = 255 * (255 - a) + 127;

        row[3 * x + 0] = (uint8_t)((in[0] * a + white) / 255);
        row[3 * x + 1] = (uint8_t)((in[1] * a + white) / 255);
        row[3 * x + 2] = (uint8_t)((in[2] * a + white) / 255);
    }
}

static void take_row(struct reader *r, uint8_t *row)
{
    if (r->alpha)
        over_white(row, r->want->stored_width);
    fn_shrink_row(&r->shrink, row);
    r->rows++;
}

static void read_interlaced(struct reader *r, size_t stride, uint32_t h)
{
    r->row_pointers = calloc(h, sizeof *r->row_pointers);
    if (!r->row_pointers)
        fail(r, FN_ELIMIT, "");
    for (uint32_t y = 0; y < h; y++)
        r->row_pointers[y] = r->pixels + y * stride;
    png_read_image(r->png, r->row_pointers);
    for (uint32_t y = 0; y < h; y++)
        take_row(r, r->row_pointers[y]);
}

/* libpng takes what a picture of that width needs for itself: two rows and zlib's window. */
static void allocate(struct reader *r, size_t stride, bool interlaced)
{
    uint32_t w = r->want->stored_width, h = r->want->stored_height;
    uint64_t own = (uint64_t)stride * (interlaced ? h : 1);
    uint64_t out = (uint64_t)fn_div_up(w, r->denom) * fn_div_up(h, r->denom) * 3;
    uint64_t need = own + out + (uint64_t)w * 24 + (512 << 10);

    if (need > r->lim->max_bytes)
        fail(r, FN_ELIMIT, "");
    r->pixels = malloc((size_t)own);
    if (!r->pixels || fn_shrink_init(&r->shrink, w, h, r->denom, r->want->exif.orientation) < 0)
        fail(r, FN_ELIMIT, "");
}

static void body(void *ctx)
{
    struct reader *r = ctx;
    uint32_t w = r->want->stored_width, h = r->want->stored_height;

    r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    if (r->png)
        r->info = png_create_info_struct(r->png);
    if (!r->info)
        fail(r, FN_ELIMIT, "");
    png_set_read_fn(r->png, r, read_data);
    png_set_user_limits(r->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(r->png, CHUNK_BYTES_MAX);
    png_set_chunk_cache_max(r->png, CHUNKS_KEPT_MAX);
    png_read_info(r->png, r->info);
    if (png_get_image_width(r->png, r->info) != w || png_get_image_height(r->png, r->info) != h)
        fail(r, FN_EDECODE, "changed while it was read");
    set_transforms(r);
    bool interlaced = png_get_interlace_type(r->png, r->info) != PNG_INTERLACE_NONE;
    if (interlaced)
        (void)png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    size_t stride = png_get_rowbytes(r->png, r->info);
    if (stride != (size_t)w * (r->alpha ? 4 : 3))
        fail(r, FN_EUNSUPPORTED, "unknown pixel layout");
    allocate(r, stride, interlaced);
    if (interlaced) {
        read_interlaced(r, stride, h);
        return;
    }
    for (uint32_t y = 0; y < h; y++) {
        png_read_row(r->png, r->pixels, NULL);
        take_row(r, r->pixels);
    }
}

static int give_error(const struct reader *r, struct fn_error *err)
{
    if (r->error)
        return fn_error_set(err, r->error, "cannot read: %s", strerror(-r->error));
    if (r->code == FN_ELIMIT)
        return fn_limit_memory(err);
    if (r->ended)
        return fn_error_set(err, FN_EDECODE, "truncated PNG");
    return fn_error_set(err, r->code, "broken PNG: %s", r->text);
}

int fn_png_decode(const struct fn_source *src, const struct fn_image_info *info,
                  uint32_t min_long_side, const struct fn_decode_limits *lim,
                  struct fn_image *ret, uint32_t *ret_denom, bool *ret_truncated,
                  struct fn_error *err)
{
    struct reader *r = calloc(1, sizeof *r);
    int code = 0;

    if (!r)
        return fn_limit_memory(err);
    r->src = src;
    r->want = info;
    r->lim = lim;
    r->denom =
        fn_pick_denom(info->stored_width, info->stored_height, min_long_side, FN_SHRINK_MAX);
    if (fn_guard_run(body, r, &r->guard) < 0) {
        /* half a picture is still one, unless we ran out of memory or the disk failed */
        bool enough =
            r->rows * (uint64_t)2 >= info->stored_height && r->code == FN_EDECODE && !r->error;

        if (!enough)
            code = give_error(r, err);
    }
    if (code == 0) {
        fn_shrink_end(&r->shrink);
        *ret = r->shrink.image;
        r->shrink.image = (struct fn_image){0};
        *ret_denom = r->denom;
        *ret_truncated = r->rows < info->stored_height;
    }
    if (r->png)
        png_destroy_read_struct(&r->png, &r->info, NULL);
    fn_shrink_finish(&r->shrink);
    free(r->row_pointers);
    free(r->pixels);
    free(r);
    return code;
}
