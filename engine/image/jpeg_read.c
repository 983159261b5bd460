/* SPDX-License-Identifier: MIT */
/* JPEG to upright RGB with libjpeg-turbo.
 *
 * Memory: a baseline file needs a few rows. A progressive or multi-scan file needs every
 * coefficient, 2 bytes each, and is refused before decoding if limits.max_bytes does not allow
 * it. Time: a file of tens of thousands of empty scans is stopped at SCANS_MAX. A truncated
 * file is used if at least half its rows are available; missing rows are grey. Rows are written
 * directly to their upright position, so that no second picture is needed.
 */
#include "engine/image/jpeg_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image/codec.h"
#include "engine/image/decode_limits.h"

enum { STRIP_ROWS = 16, SCANS_MAX = 500 };

struct reader {
    struct jpeg_decompress_struct c;
    struct fn_jpeg_errors errors;
    struct jpeg_progress_mgr progress;
    struct fn_jpeg_source source;
    const struct fn_image_info *info;
    const struct fn_decode_limits *lim;
    uint32_t denom;
    bool region;
    struct fn_rect want; /* stored, full-resolution pixels; only for a region */
    /* results */
    int code; /* of our own errors */
    struct fn_image image;
    struct fn_rect got; /* stored, scaled pixels: what image holds */
    uint32_t scaled_w, scaled_h;
    uint32_t good_rows; /* rows before the data ended */
    uint8_t *strip;
};

static _Noreturn void fail(struct reader *r, int code, const char *text)
{
    r->code = code;
    snprintf(r->errors.text, sizeof r->errors.text, "%s", text);
    fn_guard_leave(r->errors.guard);
}

static void watch_scans(j_common_ptr c)
{
    struct reader *r = c->client_data;

    if (r->c.input_scan_number > SCANS_MAX)
        fail(r, FN_ELIMIT, "JPEG with more than 500 scans");
}

/* Bytes of the whole-picture coefficient arrays that a file of several scans needs. */
static uint64_t coefficient_bytes(const struct jpeg_decompress_struct *c)
{
    uint64_t sum = 0;

    for (int i = 0; i < c->num_components; i++) {
        const jpeg_component_info *p = &c->comp_info[i];
        uint64_t w = (uint64_t)p->width_in_blocks + (uint64_t)p->h_samp_factor;
        uint64_t h = (uint64_t)p->height_in_blocks + (uint64_t)p->v_samp_factor;

        sum += w * h * sizeof(JBLOCK);
    }
    return sum;
}

static uint64_t file_memory(struct reader *r)
{
    return jpeg_has_multiple_scans(&r->c) ? coefficient_bytes(&r->c) : 0;
}

static void read_header(struct reader *r)
{
    struct jpeg_decompress_struct *c = &r->c;

    jpeg_create_decompress(c);
    c->client_data = r;
    c->src = &r->source.pub;
    c->progress = &r->progress;
    r->progress.progress_monitor = watch_scans;
    if (jpeg_read_header(c, TRUE) != JPEG_HEADER_OK)
        fail(r, FN_EDECODE, "no picture in it");
    if (c->image_width != r->info->stored_width || c->image_height != r->info->stored_height)
        fail(r, FN_EDECODE, "changed while it was read");
    J_COLOR_SPACE space = c->jpeg_color_space;
    if (space == JCS_CMYK || space == JCS_YCCK)
        c->out_color_space = JCS_CMYK;
    else if (space == JCS_GRAYSCALE || space == JCS_RGB || space == JCS_YCbCr)
        c->out_color_space = JCS_RGB;
    else
        fail(r, FN_EUNSUPPORTED, "unknown colour space");
    c->scale_num = 8 / r->denom;
    c->scale_denom = 8;
    c->dct_method = JDCT_ISLOW;
}

/* Widens the request by one pixel on each side, so that libjpeg's smooth chroma upsampling has
 * the neighbours it would have in the whole picture, and aligns it to blocks. */
static void crop(struct reader *r)
{
    struct jpeg_decompress_struct *c = &r->c;
    int64_t d = r->denom, x1 = (r->want.x + r->want.w + d - 1) / d + 1;
    int64_t x0 = r->want.x / d - 1, y0 = r->want.y / d,
            y1 = (r->want.y + r->want.h + d - 1) / d;
    JDIMENSION left, width;

    x0 = x0 > 0 ? x0 : 0;
    x1 = x1 < r->scaled_w ? x1 : r->scaled_w;
    y1 = y1 < r->scaled_h ? y1 : r->scaled_h;
    left = (JDIMENSION)x0;
    width = (JDIMENSION)(x1 - x0);
    if (width < c->output_width)
        jpeg_crop_scanline(c, &left, &width);
    else
        left = 0;
    r->got = (struct fn_rect){left, y0, c->output_width, y1 - y0};
}

static void allocate(struct reader *r)
{
    bool swap = fn_orientation_swaps(r->info->exif.orientation);
    uint32_t w = (uint32_t)r->got.w, h = (uint32_t)r->got.h;

    if (fn_image_create(swap ? h : w, swap ? w : h, &r->image) < 0)
        fail(r, FN_ELIMIT, "");
    r->strip = malloc((size_t)r->c.output_width * 4 * STRIP_ROWS);
    if (!r->strip)
        fail(r, FN_ELIMIT, "");
}

/* Photoshop and similar programs store CMYK inverted and mark it by an Adobe marker. */
static void cmyk_to_rgb(uint8_t *p, size_t n, bool inverted)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *in = p + 4 * i;
        unsigned c = in[0], m = in[1], y = in[2], k = in[3];

        if (!inverted) {
            c = 255 - c;
            m = 255 - m;
            y = 255 - y;
            k = 255 - k;
        }
        p[3 * i + 0] = (uint8_t)((c * k + 127) / 255);
        p[3 * i + 1] = (uint8_t)((m * k + 127) / 255);
        p[3 * i + 2] = (uint8_t)((y * k + 127) / 255);
    }
}

/* Up to n rows into the strip; returns how many, at least 1. */
static uint32_t read_strip(struct reader *r, uint32_t n)
{
    struct jpeg_decompress_struct *c = &r->c;
    size_t stride = (size_t)c->output_width * (size_t)c->output_components;
    uint32_t have = 0;

    while (have < n) {
        JSAMPROW rows[STRIP_ROWS];

        for (uint32_t i = have; i < n; i++)
            rows[i - have] = r->strip + i * stride;
        JDIMENSION got = jpeg_read_scanlines(c, rows, n - have);
        if (got == 0)
            fail(r, FN_EDECODE, "decoder stopped");
        have += got;
        if (!r->errors.data_ended)
            r->good_rows = c->output_scanline;
    }
    if (c->out_color_space == JCS_CMYK)
        for (uint32_t i = 0; i < n; i++)
            cmyk_to_rgb(r->strip + i * stride, c->output_width, c->saw_Adobe_marker);
    return n;
}

static void read_rows(struct reader *r)
{
    struct jpeg_decompress_struct *c = &r->c;
    size_t stride = (size_t)c->output_width * (size_t)c->output_components;
    uint32_t w = (uint32_t)r->got.w, h = (uint32_t)r->got.h;

    if (r->got.y > 0 && jpeg_skip_scanlines(c, (JDIMENSION)r->got.y) != (JDIMENSION)r->got.y)
        fail(r, FN_EDECODE, "decoder stopped");
    if (!r->errors.data_ended)
        r->good_rows = c->output_scanline;
    for (uint32_t y = 0; y < h;) {
        uint32_t n = read_strip(r, h - y < STRIP_ROWS ? h - y : STRIP_ROWS);

        fn_orient_rows(&r->image, r->info->exif.orientation, w, h, y, n, r->strip, stride);
        y += n;
    }
}

/* How many rows a file of several scans really has: all after the first scan, which has the
 * mean of every block; otherwise those of the first scan. */
static void count_multiscan_rows(struct reader *r)
{
    const struct jpeg_decompress_struct *c = &r->c;

    if (r->errors.ended_scan > 1 || !r->errors.data_ended)
        r->good_rows = r->scaled_h;
    else
        r->good_rows = (uint32_t)((uint64_t)r->scaled_h * r->errors.ended_row /
                                  (c->total_iMCU_rows ? c->total_iMCU_rows : 1));
}

static void body(void *ctx)
{
    struct reader *r = ctx;
    struct jpeg_decompress_struct *c = &r->c;

    read_header(r);
    jpeg_calc_output_dimensions(c);
    r->scaled_w = c->output_width;
    r->scaled_h = c->output_height;
    uint64_t pixels =
        r->region ? (uint64_t)(r->want.w / r->denom + 34) * (uint64_t)(r->want.h / r->denom + 2)
                  : (uint64_t)r->scaled_w * r->scaled_h;
    uint64_t need =
        pixels * 3 + file_memory(r) + sizeof *r + (uint64_t)r->scaled_w * 4 * STRIP_ROWS * 2;
    if (need > r->lim->max_bytes)
        fail(r, FN_ELIMIT, "");
    c->mem->max_memory_to_use = (long)(r->lim->max_bytes - (size_t)pixels * 3);
    jpeg_start_decompress(c);
    bool multi = jpeg_has_multiple_scans(c);
    if (multi)
        count_multiscan_rows(r);
    uint32_t good = r->good_rows;
    if (r->region)
        crop(r);
    else
        r->got = (struct fn_rect){0, 0, r->scaled_w, r->scaled_h};
    allocate(r);
    read_rows(r);
    if (multi)
        r->good_rows = good;
    else if (r->source.ended &&
             c->arith_code) /* the arithmetic decoder does not report the end of data */
        r->good_rows = r->good_rows > 0 ? r->good_rows - 1 : 0;
}

static int give_error(struct reader *r, struct fn_error *err)
{
    int code = r->code ? r->code : r->errors.code;

    if (r->source.error)
        return fn_error_set(err, r->source.error, "cannot read: %s",
                            strerror(-r->source.error));
    if (code == FN_ELIMIT && (r->code == 0 || r->errors.text[0] == 0))
        return fn_limit_memory(err);
    if (code == FN_EUNSUPPORTED)
        return fn_error_set(err, code, "unsupported JPEG: %s", r->errors.text);
    if (code == FN_EDECODE && r->source.ended)
        return fn_error_set(err, code, "truncated JPEG");
    return fn_error_set(err, code, r->code == FN_ELIMIT ? "%s" : "broken JPEG: %s",
                        r->errors.text);
}

/* Runs the decoder; r->image is the caller's on success. */
static int run(struct reader *r, struct fn_error *err)
{
    int left = fn_guard_run(body, r, &r->errors.guard);
    int ret = left < 0 ? give_error(r, err) : 0;
    uint32_t end = (uint32_t)(r->got.y + r->got.h);

    if (ret == 0 && r->source.error)
        ret = give_error(r, err);
    if (ret == 0 && r->good_rows < end && (uint64_t)r->good_rows * 2 < r->scaled_h)
        ret = fn_error_set(err, FN_EDECODE, "truncated JPEG (%u of %u rows)",
                           r->good_rows * r->denom, r->info->stored_height);
    jpeg_destroy_decompress(&r->c);
    free(r->strip);
    if (ret < 0)
        fn_image_destroy(&r->image);
    return ret;
}

static struct reader *reader_create(const struct fn_source *src,
                                    const struct fn_image_info *info,
                                    const struct fn_decode_limits *lim, uint32_t denom)
{
    struct reader *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->c.err = fn_jpeg_errors_init(&r->errors);
    fn_jpeg_source_init(&r->source, src);
    r->info = info;
    r->lim = lim;
    r->denom = denom;
    return r;
}

int fn_jpeg_decode(const struct fn_source *src, const struct fn_image_info *info,
                   uint32_t min_long_side, const struct fn_decode_limits *lim,
                   struct fn_image *ret, uint32_t *ret_denom, bool *ret_truncated,
                   struct fn_error *err)
{
    uint32_t denom = fn_pick_denom(info->stored_width, info->stored_height, min_long_side, 8);
    struct reader *r = reader_create(src, info, lim, denom);

    if (!r)
        return fn_limit_memory(err);
    int code = run(r, err);
    if (code == 0) {
        *ret = r->image;
        *ret_denom = denom;
        *ret_truncated =
            r->good_rows < r->scaled_h || (r->errors.data_ended && r->source.ended);
    }
    free(r);
    return code;
}

int fn_jpeg_decode_region(const struct fn_source *src, const struct fn_image_info *info,
                          struct fn_rect upright, uint32_t denom,
                          const struct fn_decode_limits *lim, struct fn_image *ret,
                          struct fn_rect *ret_at, struct fn_error *err)
{
    int o = info->exif.orientation;
    int64_t w = info->stored_width, h = info->stored_height;

    if (denom != 1 && denom != 2 && denom != 4 && denom != 8)
        return fn_error_set(err, -EINVAL, "no JPEG scale 1/%u", denom);
    struct reader *r = reader_create(src, info, lim, denom);
    if (!r)
        return fn_limit_memory(err);
    r->region = true;
    r->want = fn_rect_to_stored(upright, o, w, h);
    int code = run(r, err);
    if (code == 0) {
        struct fn_rect full = {r->got.x * denom, r->got.y * denom, r->got.w * denom,
                               r->got.h * denom};

        *ret = r->image;
        *ret_at = fn_rect_to_upright(full, o, w, h);
    }
    free(r);
    return code;
}
