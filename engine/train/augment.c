/* SPDX-License-Identifier: MIT */
/* Random changes of training chips; see augment.h.
 *
 * Order: flip, colour, blur, rounding, JPEG, cutout. It follows the path of the light, the
 * lens, the file, and then objects in front of the face. */
#include "engine/train/augment.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/rng.h"

/* Weights of ITU-R BT.601 luma, as in JPEG. */
static const float luma[3] = {0.299f, 0.587f, 0.114f};

/* Each operation has its own random stream, so that one more or less does not change the
 * others. The values affect the results of runs. */
enum op {
    OP_FLIP = 1,
    OP_SHIFT = 2,
    OP_SCALE = 3,
    OP_ROTATE = 4,
    OP_BRIGHTNESS = 5,
    OP_CONTRAST = 6,
    OP_SATURATION = 7,
    OP_GREY = 8,
    OP_BLUR = 9,
    OP_JPEG = 10,
    OP_CUTOUT = 11
};

#define BLUR_MAX_PX  8.0f
#define BLUR_RADIUS  24    /* three sigma of the widest */
#define CUTOUT_MIN   0.02f /* shares of the area of the chip, aspect 1:2 to 2:1 */
#define CUTOUT_MAX   0.2f
#define CUTOUT_VALUE 128

struct fn_augment fn_augment_default(void)
{
    return (struct fn_augment){.flip_p = 0.5f,
                               .shift = 0.05f,
                               .scale = 0.1f,
                               .rotate_deg = 8.0f,
                               .brightness = 0.2f,
                               .contrast = 0.2f,
                               .saturation = 0.2f,
                               .grey_p = 0.05f,
                               .blur_p = 0.1f,
                               .blur_px = 1.0f,
                               .jpeg_p = 0.1f,
                               .jpeg_min = 30,
                               .jpeg_max = 90};
}

struct fn_augment fn_augment_none(void)
{
    return (struct fn_augment){.jpeg_min = 100, .jpeg_max = 100};
}

int fn_augment_check(const struct fn_augment *a, struct fn_error *err)
{
    const struct {
        const char *name;
        float value, most;
    } row[] = {{"flip", a->flip_p, 1},           {"shift", a->shift, 0.5f},
               {"scale", a->scale, 1},           {"rotate", a->rotate_deg, 180},
               {"brightness", a->brightness, 1}, {"contrast", a->contrast, 1},
               {"saturation", a->saturation, 1}, {"grey", a->grey_p, 1},
               {"blur", a->blur_p, 1},           {"blur-px", a->blur_px, BLUR_MAX_PX},
               {"jpeg", a->jpeg_p, 1},           {"cutout", a->cutout_p, 1}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (!(row[i].value >= 0 && row[i].value <= row[i].most))
            return fn_error_set(err, FN_EUSAGE, "augmentation: %s must be 0 to %g, not %g",
                                row[i].name, (double)row[i].most, (double)row[i].value);
    }
    if (a->jpeg_min < 1 || a->jpeg_max > 100 || a->jpeg_min > a->jpeg_max)
        return fn_error_set(err, FN_EUSAGE,
                            "augmentation: JPEG qualities must be 1 to 100, the lower first, "
                            "not %d to %d",
                            a->jpeg_min, a->jpeg_max);
    return 0;
}

/* Source of the random numbers of one chip. */
struct draws {
    uint64_t seed, step, sample;
};

static struct fn_rng stream(const struct draws *d, enum op op)
{
    return fn_rng_init(d->seed,
                       fn_mix64(fn_mix64(fn_mix64(d->step) ^ d->sample) ^ (uint64_t)op));
}

/* Uniform in [-size, size). */
static float either_way(struct fn_rng *r, float size)
{
    return (float)((2 * fn_rng_uniform(r) - 1) * (double)size);
}

static float draw(const struct draws *d, enum op op, float size)
{
    struct fn_rng r = stream(d, op);
    return either_way(&r, size);
}

static bool happens(struct fn_rng *r, float p)
{
    return fn_rng_uniform(r) < (double)p;
}

static void draw_cutout(const struct fn_augment *a, const struct draws *d, float out[4])
{
    struct fn_rng r = stream(d, OP_CUTOUT);
    if (!happens(&r, a->cutout_p))
        return;
    double area = (double)CUTOUT_MIN + fn_rng_uniform(&r) * (double)(CUTOUT_MAX - CUTOUT_MIN);
    double aspect = exp2(2 * fn_rng_uniform(&r) - 1);
    double w = sqrt(area * aspect), h = sqrt(area / aspect);
    out[0] = (float)(fn_rng_uniform(&r) * (1 - w));
    out[1] = (float)(fn_rng_uniform(&r) * (1 - h));
    out[2] = (float)w;
    out[3] = (float)h;
}

struct fn_augment_plan fn_augment_draw(const struct fn_augment *a, uint64_t seed, uint64_t step,
                                       uint64_t sample)
{
    const struct draws d = {seed, step, sample};
    struct fn_rng flip = stream(&d, OP_FLIP), shift = stream(&d, OP_SHIFT),
                  grey = stream(&d, OP_GREY), blur = stream(&d, OP_BLUR),
                  jpeg = stream(&d, OP_JPEG);
    struct fn_augment_plan p = {0};
    p.flip = happens(&flip, a->flip_p);
    p.shift_x = either_way(&shift, a->shift);
    p.shift_y = either_way(&shift, a->shift);
    p.scale = (float)exp((double)draw(&d, OP_SCALE, a->scale));
    p.rotate_rad = draw(&d, OP_ROTATE, a->rotate_deg) * 0.017453292f;
    p.gain = 1 + draw(&d, OP_BRIGHTNESS, a->brightness);
    p.contrast = 1 + draw(&d, OP_CONTRAST, a->contrast);
    p.saturation = 1 + draw(&d, OP_SATURATION, a->saturation);
    if (happens(&grey, a->grey_p))
        p.saturation = 0;
    if (happens(&blur, a->blur_p))
        p.blur_px = (float)fn_rng_uniform(&blur) * a->blur_px;
    if (happens(&jpeg, a->jpeg_p))
        p.jpeg =
            a->jpeg_min + (int)fn_rng_below(&jpeg, (uint64_t)(a->jpeg_max - a->jpeg_min) + 1);
    draw_cutout(a, &d, p.cutout);
    return p;
}

struct fn_similarity fn_augment_move(const struct fn_augment_plan *p)
{
    double a = (double)p->scale * cos((double)p->rotate_rad);
    double b = (double)p->scale * sin((double)p->rotate_rad);
    return (struct fn_similarity){(float)a, (float)b,
                                  (float)(0.5 + (double)p->shift_x - 0.5 * a + 0.5 * b),
                                  (float)(0.5 + (double)p->shift_y - 0.5 * b - 0.5 * a)};
}

int fn_augment_work_init(struct fn_augment_work *w, uint32_t width, uint32_t height)
{
    *w = (struct fn_augment_work){.width = width, .height = height, .fd = -1};
    w->blur = calloc((size_t)width * (height + 1) + 2 * BLUR_RADIUS, 3 * sizeof *w->blur);
    if (!w->blur)
        return -ENOMEM;
    w->fd = memfd_create("chip", MFD_CLOEXEC);
    if (w->fd < 0) {
        int rc = -errno;
        fn_augment_work_finish(w);
        return rc;
    }
    return 0;
}

void fn_augment_work_finish(struct fn_augment_work *w)
{
    if (!w || !w->blur)
        return;
    free(w->blur);
    if (w->fd >= 0)
        (void)close(w->fd);
    *w = (struct fn_augment_work){0};
}

static void mirror(float *chip, size_t width, size_t height)
{
    for (size_t y = 0; y < height; y++) {
        float *l = chip + 3 * y * width, *r = l + 3 * (width - 1);
        for (; l < r; l += 3, r -= 3) {
            for (int c = 0; c < 3; c++) {
                float t = l[c];
                l[c] = r[c];
                r[c] = t;
            }
        }
    }
}

static float clamp_255(float v)
{
    return v < 0 ? 0 : v > 255 ? 255 : v;
}

static double mean_luma(const float *chip, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)(luma[0] * chip[3 * i] + luma[1] * chip[3 * i + 1] +
                        luma[2] * chip[3 * i + 2]);
    return n ? sum / (double)n : 0;
}

/* v -> gain (m + contrast (g + saturation (v - g) - m)), with g the grey value of the pixel and
 * m the mean grey of the chip. */
static void colour(const struct fn_augment_plan *p, float *chip, size_t n)
{
    float k = p->gain * p->contrast, ks = k * p->saturation;
    float bias = p->gain * (1 - p->contrast) * (float)mean_luma(chip, n);
    for (size_t i = 0; i < n; i++, chip += 3) {
        float g = luma[0] * chip[0] + luma[1] * chip[1] + luma[2] * chip[2];
        float base = k * g + bias;
        for (int c = 0; c < 3; c++)
            chip[c] = clamp_255(base + ks * (chip[c] - g));
    }
}

/* Gaussian up to three sigma, with sum 1. Returns the radius. */
static int blur_weights(float sigma, float w[2 * BLUR_RADIUS + 1])
{
    int radius = (int)ceilf(3 * sigma);
    double sum = 0, s = (double)sigma;
    for (int i = -radius; i <= radius; i++)
        sum += exp(-(double)(i * i) / (2 * s * s));
    for (int i = -radius; i <= radius; i++)
        w[i + radius] = (float)(exp(-(double)(i * i) / (2 * s * s)) / sum);
    return radius;
}

static void add_scaled(float *restrict to, const float *restrict from, float w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += w * from[i];
}

/* The row with its end pixels repeated, so that taps need no bounds check. */
static void pad_row(const float *row, size_t width, size_t radius, float *to)
{
    for (size_t i = 0; i < radius; i++) {
        memcpy(to + 3 * i, row, 3 * sizeof *to);
        memcpy(to + 3 * (radius + width + i), row + 3 * (width - 1), 3 * sizeof *to);
    }
    memcpy(to + 3 * radius, row, 3 * width * sizeof *to);
}

static void blur(const struct fn_augment_work *work, float sigma, float *chip)
{
    float w[2 * BLUR_RADIUS + 1];
    size_t row = 3 * (size_t)work->width;
    int64_t height = work->height;
    float *padded = work->blur + row * work->height;
    /* With sigma under a fifth of a pixel, the neighbours weigh less than a rounding step. */
    if (sigma < 0.2f)
        return;
    int radius = blur_weights(sigma < BLUR_MAX_PX ? sigma : BLUR_MAX_PX, w);
    memset(work->blur, 0, row * work->height * sizeof *chip);
    for (int64_t y = 0; y < height; y++) {
        pad_row(chip + (size_t)y * row, work->width, (size_t)radius, padded);
        for (int t = 0; t <= 2 * radius; t++)
            add_scaled(work->blur + (size_t)y * row, padded + 3 * t, w[t], row);
    }
    memset(chip, 0, row * work->height * sizeof *chip);
    for (int64_t y = 0; y < height; y++) {
        for (int t = 0; t <= 2 * radius; t++) {
            int64_t from = y + t - radius;
            from = from < 0 ? 0 : from >= height ? height - 1 : from;
            add_scaled(chip + (size_t)y * row, work->blur + (size_t)from * row, w[t], row);
        }
    }
}

static int as_jpeg(const struct fn_augment_work *w, int quality, uint8_t *chip,
                   struct fn_error *err)
{
    struct fn_image m = {chip, w->width, w->height, 3 * (size_t)w->width};
    return fn_image_through_jpeg(&m, quality, w->fd, err);
}

static void cut_out(const struct fn_augment_work *w, const float box[4], uint8_t *chip)
{
    size_t x0 = (size_t)(box[0] * (float)w->width), y0 = (size_t)(box[1] * (float)w->height);
    size_t x1 = (size_t)((box[0] + box[2]) * (float)w->width);
    size_t y1 = (size_t)((box[1] + box[3]) * (float)w->height);
    x1 = x1 < w->width ? x1 : w->width;
    y1 = y1 < w->height ? y1 : w->height;
    for (size_t y = y0; y < y1 && x0 < x1; y++)
        memset(chip + 3 * (y * w->width + x0), CUTOUT_VALUE, 3 * (x1 - x0));
}

int fn_augment_chip(const struct fn_augment_plan *p, struct fn_augment_work *w, float *chip,
                    uint8_t *out, struct fn_error *err)
{
    size_t n = (size_t)w->width * w->height;
    int rc = 0;
    if (p->flip)
        mirror(chip, w->width, w->height);
    if (p->gain != 1 || p->contrast != 1 || p->saturation != 1)
        colour(p, chip, n);
    if (p->blur_px > 0)
        blur(w, p->blur_px, chip);
    for (size_t i = 0; i < 3 * n; i++)
        out[i] = (uint8_t)(clamp_255(chip[i]) + 0.5f);
    if (p->jpeg)
        rc = as_jpeg(w, p->jpeg, out, err);
    if (!rc && p->cutout[2] > 0)
        cut_out(w, p->cutout, out);
    return rc;
}
