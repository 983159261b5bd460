/* SPDX-License-Identifier: MIT */
/* The picture itself, and the sentences that all decoders share. */
#include "engine/image/image.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/image/decode_limits.h"

int fn_image_create(uint32_t width, uint32_t height, struct fn_image *ret)
{
    size_t stride, bytes;

    if (width == 0 || height == 0 || __builtin_mul_overflow((size_t)width, 3, &stride) ||
        __builtin_mul_overflow(stride, (size_t)height, &bytes) || bytes > PTRDIFF_MAX)
        return -ENOMEM;
    uint8_t *data = calloc(1, bytes);
    if (!data)
        return -ENOMEM;
    fn_hint_huge(data, bytes);
    *ret = (struct fn_image){.data = data, .width = width, .height = height, .stride = stride};
    return 0;
}

void fn_image_destroy(struct fn_image *m)
{
    if (!m)
        return;
    free(m->data);
    *m = (struct fn_image){0};
}

const char *fn_format_name(enum fn_format f)
{
    switch (f) {
    case FN_FORMAT_JPEG:
        return "jpeg";
    case FN_FORMAT_PNG:
        return "png";
    case FN_FORMAT_HEIC:
        return "heic";
    case FN_FORMAT_AVIF:
        return "avif";
    case FN_FORMAT_WEBP:
        return "webp";
    case FN_FORMAT_UNKNOWN:
        break;
    }
    return "unknown";
}

int fn_limit_memory(struct fn_error *err)
{
    return fn_error_set(err, FN_ELIMIT, "needs more than the memory limit");
}

/* 60000 -> "60,000" */
static void group_digits(char out[32], uint64_t v)
{
    char plain[24];
    int n = snprintf(plain, sizeof plain, "%" PRIu64, v), k = 0;

    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            out[k++] = ',';
        out[k++] = plain[i];
    }
    out[k] = 0;
}

int fn_limit_pixels(uint64_t width, uint64_t height, const struct fn_decode_limits *lim,
                    struct fn_error *err)
{
    char w[32], h[32];
    uint64_t pixels;

    if (!__builtin_mul_overflow(width, height, &pixels) && pixels <= lim->max_pixels)
        return 0;
    group_digits(w, width);
    group_digits(h, height);
    return fn_error_set(
        err, FN_ELIMIT, "%s \xc3\x97 %s pixels is over limits.max_pixels (%" PRIu64 "%s)", w, h,
        lim->max_pixels >= 1000000 ? lim->max_pixels / 1000000 : lim->max_pixels,
        lim->max_pixels >= 1000000 ? " M" : "");
}

uint32_t fn_pick_denom(uint32_t width, uint32_t height, uint32_t min_long_side,
                       uint32_t max_denom)
{
    uint32_t side = width > height ? width : height, denom = 1;

    if (min_long_side == 0)
        return 1;
    while (denom < max_denom && fn_div_up(side, denom * 2) >= min_long_side)
        denom *= 2;
    return denom;
}
