/* SPDX-License-Identifier: MIT */
/* Separable resizing in one pass over the source: the rows of one output row are summed first
 * (long vectorisable loops over the full source width), then that one row is reduced sideways.
 *
 * Along each axis output position i has `count` taps from `first` on: the first and the last
 * with weights of their own, those between with the weight `inner`. Area averaging: weight =
 * covered length / scale. Bilinear: two taps at (i + .5) * in / out - .5, edge pixels repeated.
 * The taps of the horizontal axis are a table in the caller's scratch, as floats (positions are
 * below 2^24, so exact). */
#include "engine/image/resample.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct taps {
    uint32_t first, count;
    float w_first, w_last;
};

static struct taps area_taps(uint32_t i, uint32_t in, uint32_t out)
{
    /* exact in integers: the span is [i * in, (i + 1) * in) in units of 1 / out pixel */
    uint64_t from = (uint64_t)i * in, to = from + in;
    uint64_t a = from / out, b = (to - 1) / out;
    float unit = 1.0f / (float)in; /* (1 / out) / scale */

    if (a == b)
        return (struct taps){(uint32_t)a, 1, 1.0f, 0.0f};
    return (struct taps){(uint32_t)a, (uint32_t)(b - a + 1),
                         (float)((a + 1) * out - from) * unit, (float)(to - b * out) * unit};
}

static struct taps linear_taps(uint32_t i, uint32_t in, uint32_t out)
{
    double at = ((double)i + 0.5) * in / out - 0.5;
    double base = floor(at);
    float f = (float)(at - base);

    if (at <= 0.0)
        return (struct taps){0, 1, 1.0f, 0.0f};
    if (base >= (double)in - 1.0)
        return (struct taps){in - 1, 1, 1.0f, 0.0f};
    return (struct taps){(uint32_t)base, 2, 1.0f - f, f};
}

static struct taps taps_of(uint32_t i, uint32_t in, uint32_t out)
{
    return out <= in ? area_taps(i, in, out) : linear_taps(i, in, out);
}

enum { TAP_FLOATS = 4 };

static void fill_table(float *table, uint32_t in, uint32_t out)
{
    for (uint32_t i = 0; i < out; i++) {
        struct taps t = taps_of(i, in, out);

        table[TAP_FLOATS * i + 0] = (float)t.first;
        table[TAP_FLOATS * i + 1] = (float)t.count;
        table[TAP_FLOATS * i + 2] = t.w_first;
        table[TAP_FLOATS * i + 3] = t.w_last;
    }
}

/* sum += / = w * row, n samples. */
static void add_row(float *restrict sum, const uint8_t *restrict row, float w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += w * (float)row[i];
}

static void set_row(float *restrict sum, const uint8_t *restrict row, float w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = w * (float)row[i];
}

static void sum_rows(const struct fn_image *src, uint32_t y, uint32_t out_h, float *sum)
{
    struct taps t = taps_of(y, src->height, out_h);
    float inner = (float)out_h / (float)src->height;
    size_t n = (size_t)src->width * 3;

    set_row(sum, src->data + t.first * src->stride, t.w_first, n);
    for (uint32_t k = 1; k + 1 < t.count; k++)
        add_row(sum, src->data + (t.first + k) * src->stride, inner, n);
    if (t.count > 1)
        add_row(sum, src->data + (t.first + t.count - 1) * src->stride, t.w_last, n);
}

static void reduce_row(float *restrict out, uint32_t out_w, const float *restrict sum,
                       const float *restrict table, float inner)
{
    for (uint32_t x = 0; x < out_w; x++) {
        const float *t = table + TAP_FLOATS * (size_t)x;
        const float *p = sum + 3 * (size_t)t[0];
        uint32_t count = (uint32_t)t[1];
        float r = 0.0f, g = 0.0f, b = 0.0f;

        for (uint32_t k = 1; k + 1 < count; k++) {
            r += p[3 * k];
            g += p[3 * k + 1];
            b += p[3 * k + 2];
        }
        r *= inner;
        g *= inner;
        b *= inner;
        if (count > 1) {
            const float *last = p + 3 * (size_t)(count - 1);

            r += t[3] * last[0];
            g += t[3] * last[1];
            b += t[3] * last[2];
        }
        out[3 * (size_t)x] = r + t[2] * p[0];
        out[3 * (size_t)x + 1] = g + t[2] * p[1];
        out[3 * (size_t)x + 2] = b + t[2] * p[2];
    }
}

size_t fn_resize_scratch(const struct fn_image *src, uint32_t w, uint32_t h)
{
    (void)h;
    return (size_t)src->width * 3 + (size_t)w * TAP_FLOATS;
}

void fn_resize(const struct fn_image *src, struct fn_imagef *dst, float *scratch)
{
    float *sum = scratch, *table = scratch + (size_t)src->width * 3;
    float inner = (float)dst->width / (float)src->width;

    assert(src->width > 0 && src->height > 0 && src->width < 1u << 24);
    fill_table(table, src->width, dst->width);
    for (uint32_t y = 0; y < dst->height; y++) {
        sum_rows(src, y, dst->height, sum);
        reduce_row(dst->data + 3 * (size_t)y * dst->width, dst->width, sum, table, inner);
    }
}

static void round_row(uint8_t *to, const float *row, size_t n)
{
    for (size_t i = 0; i < n; i++) /* a mean of bytes: above 255 by rounding at most */
        to[i] = (uint8_t)(row[i] < 254.5f ? row[i] + 0.5f : 255.0f);
}

int fn_resize_u8(const struct fn_image *src, uint32_t w, uint32_t h, struct fn_image *ret)
{
    struct fn_image out = {0};
    size_t floats = fn_resize_scratch(src, w, h);
    float inner = (float)w / (float)src->width;
    float *scratch = malloc((floats + 3 * (size_t)w) * sizeof *scratch);
    int rc = scratch ? fn_image_create(w, h, &out) : -ENOMEM;

    if (rc == 0) {
        float *sum = scratch, *table = scratch + (size_t)src->width * 3,
              *row = scratch + floats;

        fill_table(table, src->width, w);
        for (uint32_t y = 0; y < h; y++) {
            sum_rows(src, y, h, sum);
            reduce_row(row, w, sum, table, inner);
            round_row(out.data + y * out.stride, row, 3 * (size_t)w);
        }
        *ret = out;
    }
    free(scratch);
    return rc;
}
