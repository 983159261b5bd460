/* SPDX-License-Identifier: MIT */
/* Chips: bit-identical for any number of threads, cut at the frame, augmented as requested;
 * files that cannot be used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/draw/draw.h"
#include "engine/train/loader.h"
#include "tests/unit/local_pictures.h"
#include "tests/unit/made_picture.h"

enum { SIDE = 48, CHIP = SIDE * SIDE * 3, N = 12 };

static char root[64];

static int make_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/fn-loader-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A data set in memory over files in root. */
struct world {
    struct fn_dataset d;
    struct fn_sample sample[N];
    char path[N][128];
};

static void add_bytes(struct world *w, const void *p, size_t n)
{
    struct fn_error err = {0};
    size_t i = w->d.n++;
    snprintf(w->path[i], sizeof w->path[i], "%s/%zu", root, i);
    if (fn_file_write_atomic(w->path[i], p, n, 0600, &err))
        fail_msg("%s", err.text);
    w->sample[i] = (struct fn_sample){.path = w->path[i]};
    w->d.samples = w->sample;
}

static void add_source(struct world *w, struct fn_source src)
{
    uint8_t *bytes = picture_bytes(&src);
    add_bytes(w, bytes, src.size);
    free(bytes);
    close(src.fd);
}

static void add_picture(struct world *w, uint32_t width, uint32_t height)
{
    struct fn_image m = picture_pattern(width, height);
    fn_draw_fill(&m, (int)width / 2, (int)height / 3, (int)width / 5, (int)height / 7,
                 (struct fn_rgb){250, 240, 10});
    add_source(w, picture_jpeg(&m, 92));
    fn_image_destroy(&m);
}

static struct fn_loader *make(const struct fn_loader_opts *o)
{
    struct fn_loader_opts own = *o;
    struct fn_loader *l = NULL;
    struct fn_error err = {0};
    own.pictures = o->pictures ? o->pictures : &local_pictures;
    if (fn_loader_create(&own, &l, &err))
        fail_msg("%s", err.text);
    return l;
}

/* Loads the first n samples with a new loader. */
static void load(const struct fn_loader_opts *o, uint64_t step, size_t n, uint8_t *out,
                 uint8_t *ok)
{
    uint32_t idx[N];
    struct fn_error err = {0};
    struct fn_loader *l = make(o);
    for (size_t i = 0; i < n; i++)
        idx[i] = (uint32_t)i;
    assert_int_equal(fn_loader_start(l, step, idx, n, out, ok), 0);
    assert_int_equal(fn_loader_start(l, step, idx, n, out, ok), -EBUSY);
    FN_IGNORE(fn_loader_wait(l, &err));
    fn_loader_destroy(l);
}

static struct fn_augment everything(void)
{
    struct fn_augment a = fn_augment_default();
    a.grey_p = a.blur_p = a.jpeg_p = a.cutout_p = 0.5f;
    return a;
}

static void test_same_bits_for_any_threads(void **state)
{
    static const unsigned threads[] = {0, 1, 2, 5, 2};
    static uint8_t first[N * CHIP], out[N * CHIP];
    static struct world w;
    uint8_t ok[N];
    (void)state;
    memset(&w, 0, sizeof w);
    for (uint32_t i = 0; i < N; i++)
        add_picture(&w, 60 + 37 * i, 80 + 23 * i);
    w.sample[3].has_face = w.sample[7].has_face = true;
    w.sample[3].face = (struct fn_similarity){60, 9, 30, 20};
    w.sample[7].face = (struct fn_similarity){33, -5, 200, 150};
    struct fn_loader_opts o = {.dataset = &w.d,
                               .width = SIDE,
                               .height = SIDE,
                               .margin = 1.3f,
                               .augment = everything(),
                               .seed = 77};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        o.threads = threads[i];
        memset(out, 0x5a, sizeof out);
        load(&o, 5, N, i ? out : first, ok);
        for (size_t k = 0; k < N; k++)
            assert_int_equal(ok[k], 1);
        if (i)
            assert_memory_equal(first, out, sizeof out);
    }
    size_t same_seed = 0, same_step = 0;
    load(&o, 6, N, out, ok);
    for (size_t k = 0; k < N; k++)
        same_step += !memcmp(first + k * CHIP, out + k * CHIP, CHIP);
    o.seed = 78;
    load(&o, 5, N, out, ok);
    for (size_t k = 0; k < N; k++)
        same_seed += !memcmp(first + k * CHIP, out + k * CHIP, CHIP);
    assert_int_equal(same_step, 0);
    assert_int_equal(same_seed, 0);
}

/* The chip of a sample does not depend on its position in the batch. */
static void test_place_does_not_matter(void **state)
{
    static uint8_t out[3 * CHIP];
    static struct world w;
    static const uint32_t idx[3] = {1, 0, 1};
    uint8_t ok[3];
    struct fn_error err = {0};
    (void)state;
    memset(&w, 0, sizeof w);
    add_picture(&w, 100, 90);
    add_picture(&w, 90, 120);
    struct fn_loader *l = make(&(struct fn_loader_opts){
        .dataset = &w.d, .width = SIDE, .height = SIDE, .augment = everything(), .threads = 2});
    assert_int_equal(fn_loader_wait(l, &err), 0); /* nothing was started */
    for (uint64_t step = 0; step < 20; step++) {
        assert_int_equal(fn_loader_start(l, step, idx, 3, out, ok), 0);
        assert_int_equal(fn_loader_wait(l, &err), 0);
        assert_memory_equal(out, out + 2 * CHIP, CHIP);
        assert_memory_not_equal(out, out + CHIP, CHIP);
    }
    assert_int_equal(fn_loader_start(l, 0, idx, 0, out, ok), 0);
    assert_int_equal(fn_loader_wait(l, &err), 0);
    static const uint32_t past[1] = {2};
    assert_int_equal(fn_loader_start(l, 0, past, 1, out, ok), -EINVAL);
    fn_loader_destroy(l);
}

static const uint8_t *pixel(const uint8_t *chip, uint32_t width, uint32_t x, uint32_t y)
{
    return chip + 3 * ((size_t)y * width + x);
}

/* Centre of mass of the red pixels, in chip pixels counted from edges. */
static void red_centre(const uint8_t *chip, uint32_t width, uint32_t height, double *rx,
                       double *ry)
{
    double sum = 0, x = 0, y = 0;
    for (uint32_t j = 0; j < height; j++) {
        for (uint32_t i = 0; i < width; i++) {
            const uint8_t *p = pixel(chip, width, i, j);
            double red = p[0] > p[1] + 40 ? p[0] - p[1] : 0;
            sum += red;
            x += red * (i + 0.5);
            y += red * (j + 0.5);
        }
    }
    assert_true(sum > 1000);
    *rx = x / sum;
    *ry = y / sum;
}

/* Grey, with a red square of 2r around (x, y). */
static struct fn_image marked(uint32_t width, uint32_t height, int x, int y, int r)
{
    struct fn_image m;
    assert_int_equal(fn_image_create(width, height, &m), 0);
    fn_draw_fill(&m, 0, 0, (int)width, (int)height, (struct fn_rgb){90, 90, 90});
    fn_draw_fill(&m, x - r, y - r, 2 * r, 2 * r, (struct fn_rgb){240, 20, 20});
    return m;
}

/* The expected position of the mark: the inverse of the similarity. */
static void expect_mark(const struct fn_loader_opts *o, struct fn_similarity face, double mx,
                        double my, const uint8_t *chip, double tolerance)
{
    struct fn_augment none = fn_augment_none();
    struct fn_augment_plan p = fn_augment_draw(&none, 0, 0, 0);
    struct fn_similarity back = fn_similarity_invert(fn_loader_cut(o, face, &p));
    double x, y;
    float wx, wy;
    fn_similarity_apply(back, (float)(mx - 0.5), (float)(my - 0.5), &wx, &wy);
    red_centre(chip, o->width, o->height, &x, &y);
    if (fabs(x - (double)wx - 0.5) > tolerance || fabs(y - (double)wy - 0.5) > tolerance)
        fail_msg("mark at %.2f %.2f, wanted %.2f %.2f", x, y, (double)wx + 0.5,
                 (double)wy + 0.5);
}

/* The corners of the unit square are those of the chip when the margin is 1. */
static void test_cut(void **state)
{
    struct fn_loader_opts o = {.width = 64, .height = 64, .margin = 1};
    struct fn_augment none = fn_augment_none();
    struct fn_augment_plan p = fn_augment_draw(&none, 1, 2, 3);
    float x, y;
    (void)state;
    assert_false(p.flip || p.jpeg || p.blur_px > 0 || p.cutout[2] > 0);
    struct fn_similarity s = fn_loader_cut(&o, (struct fn_similarity){128, 0, 10, 20}, &p);
    fn_similarity_apply(s, -0.5f, -0.5f, &x, &y);
    assert_float_equal(x, 9.5, 1e-4);
    assert_float_equal(y, 19.5, 1e-4);
    fn_similarity_apply(s, 63.5f, 63.5f, &x, &y);
    assert_float_equal(x, 137.5, 1e-4);
    assert_float_equal(y, 147.5, 1e-4);
    /* Twice the frame, in a chip that is wider than high. Its height shows the square. */
    o = (struct fn_loader_opts){.width = 96, .height = 64, .margin = 2};
    s = fn_loader_cut(&o, (struct fn_similarity){128, 0, 10, 20}, &p);
    fn_similarity_apply(s, -0.5f, -0.5f, &x, &y);
    assert_float_equal(x, 9.5 + 64 - 192, 1e-3);
    assert_float_equal(y, 19.5 - 64, 1e-3);
}

/* For sizes that are decoded whole, scaled and in part. */
static void test_frame_maps_where_it_should(void **state)
{
    static const struct {
        uint32_t w, h;
        int x, y, r;
        struct fn_similarity face;
    } row[] = {
        {100, 80, 40, 30, 4, {50, 0, 15, 10}},        /* the whole picture, enlarged a little */
        {400, 300, 200, 140, 12, {150, 30, 110, 50}}, /* a part, rotated */
        {1200, 900, 700, 500, 40, {600, 0, 380, 160}}, /* scaled by the decoder, 4/8 and less */
        {1600, 1200, 310, 900, 14, {160, -20, 220, 830}}, /* a part of a large one */
        {2400, 1800, 1300, 800, 90, {1500, 200, 500, 10}},
    };
    static uint8_t chip[70 * 64 * 3];
    uint8_t ok[1];
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        for (int png = 0; png < 2; png++) {
            static struct world w;
            memset(&w, 0, sizeof w);
            struct fn_image m = marked(row[i].w, row[i].h, row[i].x, row[i].y, row[i].r);
            add_source(&w, png ? picture_png(&m) : picture_jpeg(&m, 95));
            fn_image_destroy(&m);
            w.sample[0].has_face = true;
            w.sample[0].face = row[i].face;
            struct fn_loader_opts o = {.dataset = &w.d,
                                       .width = 70,
                                       .height = 64,
                                       .margin = 1.2f,
                                       .augment = fn_augment_none()};
            load(&o, 0, 1, chip, ok);
            assert_int_equal(ok[0], 1);
            expect_mark(&o, row[i].face, row[i].x, row[i].y, chip, 0.15);
        }
    }
}

/* A photo that a camera stored on its side: frames are in pixels of the upright photo. */
static void test_orientation(void **state)
{
    static uint8_t chip[64 * 64 * 3];
    static struct world w;
    static const struct fn_similarity face = {60, 0, 20, 50};
    uint8_t ok[1], exif[32];
    (void)state;
    memset(&w, 0, sizeof w);
    struct fn_image m = marked(90, 140, 40, 90, 6);
    assert_int_equal(fn_image_orient(&m, 8), 0); /* the image that orientation 6 restores */
    add_source(&w, picture_with_segment(picture_jpeg(&m, 95), 0xe1, exif,
                                        picture_exif_orientation(exif, 6)));
    fn_image_destroy(&m);
    w.sample[0].has_face = true;
    w.sample[0].face = face;
    struct fn_loader_opts o = {
        .dataset = &w.d, .width = 64, .height = 64, .augment = fn_augment_none()};
    load(&o, 0, 1, chip, ok);
    assert_int_equal(ok[0], 1);
    expect_mark(&o, face, 40, 90, chip, 0.15);
}

static void test_centre_without_a_frame(void **state)
{
    static uint8_t chip[60 * 60 * 3];
    static struct world w;
    struct fn_loader *l;
    struct fn_error err = {0};
    static const uint32_t idx[1] = {0};
    uint8_t ok[1];
    (void)state;
    memset(&w, 0, sizeof w);
    struct fn_image m = marked(150, 100, 60, 40, 5);
    add_source(&w, picture_png(&m));
    fn_image_destroy(&m);
    struct fn_loader_opts o = {
        .dataset = &w.d, .width = 60, .height = 60, .augment = fn_augment_none()};
    load(&o, 0, 1, chip, ok);
    expect_mark(&o, (struct fn_similarity){60, 0, 45, 20}, 60, 40, chip, 0.1);
    o.centre_share = 1;
    load(&o, 0, 1, chip, ok);
    expect_mark(&o, (struct fn_similarity){100, 0, 25, 0}, 60, 40, chip, 0.1);
    o.need_face = true;
    l = make(&o);
    assert_int_equal(fn_loader_start(l, 0, idx, 1, chip, ok), 0);
    assert_int_equal(fn_loader_wait(l, &err), FN_EDECODE);
    assert_non_null(strstr(err.text, "no face is known in it"));
    fn_loader_destroy(l);
}

static void test_flip_mirrors(void **state)
{
    static uint8_t plain[SIDE * 40 * 3], flipped[SIDE * 40 * 3];
    static struct world w;
    uint8_t ok[1];
    (void)state;
    memset(&w, 0, sizeof w);
    add_picture(&w, 130, 110);
    struct fn_loader_opts o = {
        .dataset = &w.d, .width = SIDE, .height = 40, .augment = fn_augment_none()};
    load(&o, 0, 1, plain, ok);
    o.augment.flip_p = 1;
    load(&o, 0, 1, flipped, ok);
    assert_memory_not_equal(plain, flipped, sizeof plain);
    for (uint32_t y = 0; y < 40; y++) {
        for (uint32_t x = 0; x < SIDE; x++)
            assert_memory_equal(pixel(plain, SIDE, x, y), pixel(flipped, SIDE, SIDE - 1 - x, y),
                                3);
    }
}

/* Draws: within their bounds, close to their probabilities, independent of each other. */
static void test_draws(void **state)
{
    struct fn_augment a = fn_augment_default();
    a.cutout_p = 0.25f;
    int flips = 0, greys = 0, blurs = 0, jpegs = 0, cutouts = 0;
    float lo = 1, hi = -1;
    (void)state;
    for (uint64_t i = 0; i < 4000; i++) {
        struct fn_augment_plan p = fn_augment_draw(&a, 42, i / 64, i % 64), q;
        flips += p.flip;
        greys += p.saturation == 0;
        blurs += p.blur_px > 0;
        jpegs += p.jpeg > 0;
        cutouts += p.cutout[2] > 0;
        lo = p.shift_x < lo ? p.shift_x : lo;
        hi = p.shift_x > hi ? p.shift_x : hi;
        assert_true(fabsf(p.shift_x) <= 0.05f && fabsf(p.shift_y) <= 0.05f);
        assert_true(p.scale > 0.9f && p.scale < 1.11f);
        assert_true(fabsf(p.rotate_rad) <= 0.1397f);
        assert_true(p.gain >= 0.8f && p.gain <= 1.2f);
        assert_true(p.jpeg == 0 || (p.jpeg >= 30 && p.jpeg <= 90));
        assert_true(p.cutout[0] >= 0 && p.cutout[0] + p.cutout[2] <= 1.0001f);
        struct fn_augment b = a;
        b.flip_p = b.jpeg_p = 0; /* does not move the other draws */
        q = fn_augment_draw(&b, 42, i / 64, i % 64);
        assert_true(p.shift_x == q.shift_x && p.blur_px == q.blur_px && p.gain == q.gain);
    }
    assert_in_range(flips, 1900, 2100);
    assert_in_range(greys, 150, 250);
    assert_in_range(blurs, 330, 470);
    assert_in_range(jpegs, 330, 470);
    assert_in_range(cutouts, 900, 1100);
    assert_true(lo < -0.049f && hi > 0.049f);
}

/* One operation at a time, on a known chip. */
static void test_operations(void **state)
{
    enum { S = 32 };
    static float chip[S * S * 3];
    static uint8_t out[S * S * 3];
    struct fn_augment_work work;
    struct fn_error err = {0};
    const struct fn_augment_plan same = {.gain = 1, .contrast = 1, .saturation = 1, .scale = 1};
    (void)state;
    assert_int_equal(fn_augment_work_init(&work, S, S), 0);
    for (int op = 0; op < 6; op++) {
        struct fn_augment_plan p = same;
        for (size_t i = 0; i < S * S;
             i++) { /* left half dark, right half light; a little red */
            float v = i % S < S / 2 ? 60.0f : 140.0f;
            chip[3 * i] = v + 20;
            chip[3 * i + 1] = chip[3 * i + 2] = v;
        }
        p.gain = op == 1 ? 1.5f : 1;
        p.contrast = op == 2 ? 0.5f : 1;
        p.saturation = op == 3 ? 0 : 1;
        p.blur_px = op == 4 ? 2 : 0;
        p.jpeg = op == 5 ? 20 : 0;
        assert_int_equal(fn_augment_chip(&p, &work, chip, out, &err), 0);
        const uint8_t *left = pixel(out, S, 2, 9), *right = pixel(out, S, 29, 9);
        const uint8_t *seam = pixel(out, S, S / 2 - 1, 9);
        switch (op) {
        case 0:
            assert_true(left[0] == 80 && left[1] == 60 && right[0] == 160 && seam[1] == 60);
            break;
        case 1:
            assert_true(left[0] == 120 && left[1] == 90 && right[0] == 240);
            break;
        case 2: /* mean grey 105.98: 60 -> 82.99 */
            assert_true(left[1] == 83 && right[1] == 123 && left[0] == 93);
            break;
        case 3: /* 60 + .299 x 20 */
            assert_true(left[0] == 66 && left[1] == 66 && left[2] == 66);
            break;
        case 4:
            assert_true(left[1] == 60 && right[1] == 140 && seam[1] > 85 && seam[1] < 95);
            break;
        default:
            assert_true(abs(left[1] - 60) < 12 && abs(right[1] - 140) < 12);
            assert_true(left[1] != 60 || right[1] != 140 || seam[1] != 60);
        }
    }
    fn_augment_work_finish(&work);
    fn_augment_work_finish(&work);
}

static void test_cutout(void **state)
{
    enum { S = 40 };
    static float chip[S * S * 3];
    static uint8_t out[S * S * 3];
    struct fn_augment_work work;
    struct fn_error err = {0};
    struct fn_augment_plan p = {
        .gain = 1, .contrast = 1, .saturation = 1, .cutout = {.25f, .5f, .5f, .25f}};
    size_t grey = 0;
    (void)state;
    assert_int_equal(fn_augment_work_init(&work, S, S), 0);
    assert_int_equal(fn_augment_chip(&p, &work, chip, out, &err), 0);
    for (uint32_t y = 0; y < S; y++) {
        for (uint32_t x = 0; x < S; x++) {
            bool in = x >= 10 && x < 30 && y >= 20 && y < 30;
            assert_int_equal(pixel(out, S, x, y)[1], in ? 128 : 0);
            grey += in;
        }
    }
    assert_int_equal(grey, 200);
    fn_augment_work_finish(&work);
}

/* The move is about the centre: except for the shift it stays, and sides scale. */
static void test_move(void **state)
{
    struct fn_augment_plan p = {
        .shift_x = .1f, .shift_y = -.2f, .scale = 1.25f, .rotate_rad = .5f};
    struct fn_similarity s = fn_augment_move(&p);
    float x, y, x2, y2;
    (void)state;
    fn_similarity_apply(s, .5f, .5f, &x, &y);
    assert_float_equal(x, .6, 1e-6);
    assert_float_equal(y, .3, 1e-6);
    fn_similarity_apply(s, 1.5f, .5f, &x2, &y2);
    assert_float_equal(hypotf(x2 - x, y2 - y), 1.25, 1e-6);
    assert_float_equal(atan2f(y2 - y, x2 - x), .5, 1e-6);
}

/* Eleven files; 0, 4 and 10 can be used. */
static void add_bad_files(struct world *w)
{
    add_picture(w, 100, 90);             /* 0: good */
    add_bytes(w, "<!DOCTYPE html>", 15); /* 1 */
    add_bytes(w, "", 0);                 /* 2 */
    struct fn_image m = picture_pattern(300, 300);
    struct fn_source j = picture_jpeg(&m, 90);
    uint8_t *bytes = picture_bytes(&j);
    add_bytes(w, bytes, j.size / 10);         /* 3: truncated early */
    add_bytes(w, bytes, j.size - j.size / 8); /* 4: truncated late: used */
    w->sample[4].has_face = true; /* most of the picture, so that all of it is decoded */
    w->sample[4].face = (struct fn_similarity){280, 0, 10, 10};
    memset(bytes + 30, 0xff, 200);
    add_bytes(w, bytes, j.size); /* 5: tables missing */
    add_bytes(w, "x", 1);        /* 6: deleted */
    assert_int_equal(unlink(w->path[6]), 0);
    add_bytes(w, "x", 1); /* 7: a FIFO */
    assert_int_equal(unlink(w->path[7]), 0);
    assert_int_equal(mkfifo(w->path[7], 0600), 0);
    add_picture(w, 100, 90); /* 8: frame far outside */
    w->sample[8].has_face = true;
    w->sample[8].face = (struct fn_similarity){50, 0, 5000, 0};
    add_picture(w, 100, 90); /* 9: frame of no size */
    w->sample[9].has_face = true;
    w->sample[9].face = (struct fn_similarity){NAN, 0, 1, 1};
    add_picture(w, 90, 100); /* 10: good */
    free(bytes);
    close(j.fd);
    fn_image_destroy(&m);
}

static void check_trouble(const struct fn_loader_trouble *t)
{
    static const uint32_t order[8] = {1, 2, 3, 5, 6, 7, 8, 9};
    assert_int_equal(t->failed, 16);
    assert_int_equal(t->truncated, 2);
    assert_int_equal(t->n_reasons, FN_LOADER_REASONS);
    assert_memory_equal(t->sample, order, sizeof order);
    assert_non_null(strstr(t->reason[0], "/1': not an image"));
    assert_non_null(strstr(t->reason[1], "empty file"));
    assert_non_null(strstr(t->reason[2], "truncated"));
    assert_non_null(strstr(t->reason[4], "cannot open"));
    assert_non_null(strstr(t->reason[5], "not a regular file"));
    assert_non_null(strstr(t->reason[6], "frame of the face is not in the picture"));
}

static void test_files_that_cannot_be_used(void **state)
{
    static uint8_t out[N * CHIP], black[CHIP];
    static struct world w;
    uint32_t idx[N];
    uint8_t ok[N];
    struct fn_error err = {0};
    (void)state;
    memset(&w, 0, sizeof w);
    add_bad_files(&w);
    for (unsigned threads = 0; threads < 4; threads += 3) {
        struct fn_loader *l = make(&(struct fn_loader_opts){.dataset = &w.d,
                                                            .width = SIDE,
                                                            .height = SIDE,
                                                            .augment = fn_augment_none(),
                                                            .threads = threads});
        for (uint32_t i = 0; i < 11; i++)
            idx[i] = i;
        for (uint64_t step = 0; step < 2; step++) {
            memset(out, 0x11, sizeof out);
            assert_int_equal(fn_loader_start(l, step, idx, 11, out, ok), 0);
            assert_int_equal(fn_loader_wait(l, &err), 0);
            for (size_t i = 0; i < 11; i++) {
                bool good = i == 0 || i == 4 || i == 10;
                assert_int_equal(ok[i], good);
                if (!good)
                    assert_memory_equal(out + i * CHIP, black, CHIP);
            }
        }
        check_trouble(fn_loader_trouble(l));
        idx[0] = 1;
        idx[1] = 6;
        assert_int_equal(fn_loader_start(l, 3, idx, 2, out, ok), 0);
        assert_int_equal(fn_loader_wait(l, &err), FN_EDECODE);
        assert_non_null(strstr(err.text, "none of 2 photos can be used; '"));
        fn_loader_destroy(l);
    }
}

/* A worker that crashes on a photo that begins with '!'. */
static int fragile_chip(void *arg, int fd, const struct fn_chip_cut *cut, float *rgb,
                        bool *ret_truncated, struct fn_error *err)
{
    char first = 0;
    unsigned *n_broken = arg;
    assert_int_equal(fn_pread_all(fd, &first, 1, 0), 1);
    if (first != '!')
        return local_pictures.chip(NULL, fd, cut, rgb, ret_truncated, err);
    ++*n_broken;
    return fn_error_set(err, FN_EWORKER, "timed out");
}

/* A photo that broke a worker is not requested again: the others are loaded, batch after batch,
 * without a second time-out. */
static void test_broken_worker(void **state)
{
    static uint8_t out[3 * CHIP], ok[3];
    static struct world w;
    static const uint32_t idx[3] = {0, 1, 2};
    unsigned n_broken = 0;
    const struct fn_picture_source fragile = {local_pictures.size, fragile_chip, &n_broken};
    struct fn_error err = {0};
    (void)state;
    memset(&w, 0, sizeof w);
    add_picture(&w, 90, 90);
    add_bytes(&w, "!", 1);
    add_picture(&w, 100, 90);
    struct fn_loader *l = make(&(struct fn_loader_opts){.dataset = &w.d,
                                                        .pictures = &fragile,
                                                        .width = SIDE,
                                                        .height = SIDE,
                                                        .augment = fn_augment_none()});
    for (uint64_t step = 0; step < 4; step++) {
        assert_int_equal(fn_loader_start(l, step, idx, 3, out, ok), 0);
        assert_int_equal(fn_loader_wait(l, &err), 0);
        assert_true(ok[0] && !ok[1] && ok[2]);
    }
    const struct fn_loader_trouble *t = fn_loader_trouble(l);
    assert_int_equal(n_broken, 1);
    assert_int_equal(t->failed, 4);
    assert_int_equal(t->n_reasons, 1);
    assert_non_null(strstr(t->reason[0], "/1': timed out"));
    fn_loader_destroy(l);
}

/* Destroyed while a batch is in progress: threads end, and nothing is written afterwards. */
static void test_given_up(void **state)
{
    static uint8_t out[N * CHIP];
    static struct world w;
    uint32_t idx[N];
    uint8_t ok[N];
    (void)state;
    memset(&w, 0, sizeof w);
    for (uint32_t i = 0; i < N; i++) {
        add_picture(&w, 400, 400);
        idx[i] = i;
    }
    for (int k = 0; k < 20; k++) {
        struct fn_loader *l = make(&(struct fn_loader_opts){.dataset = &w.d,
                                                            .width = SIDE,
                                                            .height = SIDE,
                                                            .augment = everything(),
                                                            .threads = 3});
        assert_int_equal(fn_loader_start(l, 0, idx, N, out, ok), 0);
        fn_loader_destroy(l);
    }
    fn_loader_destroy(NULL);
}

static void test_refused_options(void **state)
{
    static struct world w;
    struct fn_loader *l = NULL;
    struct fn_error err = {0};
    struct fn_loader_opts good = {
        .dataset = &w.d, .width = 8, .height = 8, .augment = fn_augment_none()};
    (void)state;
    for (int i = 0; i < 7; i++) {
        struct fn_loader_opts o = good;
        o.width = i == 0 ? 0 : 8;
        o.height = i == 1 ? 5000 : 8;
        o.margin = i == 2 ? NAN : 1;
        o.threads = i == 3 ? 65 : 0;
        o.augment.flip_p = i == 4 ? 1.5f : 0;
        o.augment.jpeg_min = i == 5 ? 0 : 100;
        o.centre_share = i == 6 ? -1 : 0;
        assert_int_equal(fn_loader_create(&o, &l, &err), FN_EUSAGE);
        assert_null(l);
    }
}

static void test_to_float(void **state)
{
    static const uint8_t chips[2 * 2 * 3 * 3] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                                 11, 12, 13, 14, 15, 16, 17, 18, 100};
    float out[36];
    struct fn_preprocess pre = {.mean = {1, 2, 3}, .scale = {.5f, .25f, 2}};
    (void)state;
    fn_chips_to_float(chips, 2, 3, 2, &pre, out); /* 3 wide, 2 high */
    assert_true(out[0] == 0 && out[3] == 1.5f && out[4] == .75f && out[5] == 6);
    assert_true(out[18] == 49.5f);
    pre.transposed = true;
    fn_chips_to_float(chips, 2, 3, 2, &pre, out);
    assert_true(out[3] == 4.5f); /* below the first: pixel (0, 1), 10 */
    pre = (struct fn_preprocess){
        .colour = FN_COLOUR_GREY, .mean = {1}, .scale = {2}, .grey = {1, 10, 100}};
    fn_chips_to_float(chips, 2, 3, 2, &pre, out);
    assert_true(out[0] == 640 && out[1] == 1306 && out[6] == 198);
}

int main(void)
{
#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, make_root, remove_root)
    const struct CMUnitTest tests[] = {
        IN_ROOT(test_same_bits_for_any_threads),
        IN_ROOT(test_place_does_not_matter),
        cmocka_unit_test(test_cut),
        IN_ROOT(test_frame_maps_where_it_should),
        IN_ROOT(test_orientation),
        IN_ROOT(test_centre_without_a_frame),
        IN_ROOT(test_flip_mirrors),
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_cutout),
        cmocka_unit_test(test_move),
        IN_ROOT(test_files_that_cannot_be_used),
        IN_ROOT(test_broken_worker),
        IN_ROOT(test_given_up),
        cmocka_unit_test(test_refused_options),
        cmocka_unit_test(test_to_float),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
