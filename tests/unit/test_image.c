/* SPDX-License-Identifier: MIT */
/* Decoding: formats by content, orientation, scales, regions, limits, broken files, EXIF, pixel
 * keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "engine/image/codec.h"
#include "engine/image/decode.h"
#include "tests/unit/made_picture.h"

static const struct fn_decode_limits wide = {500000000, (size_t)200 << 20};

static void decode(const struct fn_source *s, uint32_t min_side, struct fn_image_info *info,
                   struct fn_image *m, uint32_t *denom, bool *truncated)
{
    struct fn_error err = {0};

    if (fn_image_probe(s, &wide, info, &err) < 0 ||
        fn_image_decode(s, info, min_side, &wide, m, denom, truncated, &err) < 0)
        fail_msg("%s", err.text);
}

/* Code and message of a file that must not decode. */
static struct fn_error refuse(const void *p, size_t n, const struct fn_decode_limits *lim)
{
    struct fn_source s = picture_source(p, n);
    struct fn_error err = {0};
    struct fn_image_info info;
    struct fn_image m = {0};
    uint32_t denom;
    bool truncated;
    int rc = fn_image_probe(&s, lim, &info, &err);

    if (rc == 0)
        rc = fn_image_decode(&s, &info, 0, lim, &m, &denom, &truncated, &err);
    close(s.fd);
    assert_true(rc < 0);
    assert_int_equal(rc, err.code);
    assert_null(m.data);
    assert_null(strchr(err.text, '\n'));
    return err;
}

static void test_formats_by_content(void **state)
{
    struct fn_image m = picture_pattern(40, 30);
    struct fn_source j = picture_jpeg(&m, 90), p = picture_png(&m);
    struct fn_image_info info;
    struct fn_error err;

    (void)state;
    assert_int_equal(fn_image_probe(&j, &wide, &info, &err), 0);
    assert_int_equal(info.format, FN_FORMAT_JPEG);
    assert_int_equal(info.width, 40);
    assert_int_equal(info.height, 30);
    assert_int_equal(info.exif.orientation, 1);
    assert_int_equal(info.exif.zone_min, FN_ZONE_UNKNOWN);
    assert_int_equal(fn_image_probe(&p, &wide, &info, &err), 0);
    assert_int_equal(info.format, FN_FORMAT_PNG);
    close(j.fd);
    close(p.fd);
    fn_image_destroy(&m);
}

static void test_not_an_image(void **state)
{
    struct fn_error e = refuse("", 0, &wide);

    (void)state;
    assert_string_equal(e.text, "empty file");
    e = refuse("<!DOCTYPE html>", 15, &wide);
    assert_int_equal(e.code, FN_EDECODE);
    assert_string_equal(e.text, "not an image (starts with \"<!DOCTYPE \")");
    e = refuse("GIF89a....", 10, &wide);
    assert_int_equal(e.code, FN_EUNSUPPORTED);
    assert_string_equal(e.text, "GIF pictures are not supported");
    e = refuse("\x01\x02\x03\x04", 4, &wide);
    assert_string_equal(e.text, "not an image (starts with bytes 01020304)");
    e = refuse("\xff\xd8\xff\xe0\0\x10JF", 8, &wide);
    assert_string_equal(e.text, "truncated JPEG");
    e = refuse("\x89PNG\r\n\x1a\n\0\0", 10, &wide);
    assert_string_equal(e.text, "truncated PNG");
    e = refuse("\0\0\0\x18"
               "ftypheic\0\0\0\0mif1heic",
               24, &wide);
    assert_true(e.code == FN_EDECODE || e.code == FN_EUNSUPPORTED);
}

/* The image that a camera stores so that rotating by `o` restores m. */
static struct fn_image stored_for(const struct fn_image *m, int o)
{
    static const int inverse[9] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    struct fn_image s;

    assert_int_equal(fn_image_create(m->width, m->height, &s), 0);
    memcpy(s.data, m->data, m->stride * m->height);
    assert_int_equal(fn_image_orient(&s, inverse[o]), 0);
    return s;
}

static struct fn_source oriented_jpeg(const struct fn_image *m, int o, int quality)
{
    uint8_t exif[32];
    struct fn_image s = stored_for(m, o);
    size_t n = picture_exif_orientation(exif, o);
    struct fn_source src = picture_with_segment(picture_jpeg(&s, quality), 0xe1, exif, n);

    fn_image_destroy(&s);
    return src;
}

static void test_orientations(void **state)
{
    struct fn_image m = picture_pattern(97, 53);

    (void)state;
    for (int o = 1; o <= 8; o++) {
        struct fn_source s = oriented_jpeg(&m, o, 95);
        struct fn_image_info info;
        struct fn_image got;
        uint32_t denom;
        bool truncated;

        decode(&s, 0, &info, &got, &denom, &truncated);
        assert_int_equal(info.exif.orientation, o);
        assert_int_equal(info.width, 97);
        assert_int_equal(info.height, 53);
        assert_int_equal(info.stored_width, o >= 5 ? 53 : 97);
        assert_false(truncated);
        assert_in_range(picture_difference(&m, &got), 0, 60); /* ringing at the one hard edge */
        assert_true(picture_mean_difference(&m, &got) < 2.0);
        fn_image_destroy(&got);
        close(s.fd);
    }
    fn_image_destroy(&m);
}

static void test_jpeg_scales(void **state)
{
    struct fn_image m = picture_pattern(1001, 399);
    struct fn_source s = picture_jpeg(&m, 90);
    static const struct {
        uint32_t min_side, denom, width, height;
    } cases[] = {{0, 1, 1001, 399},  {1001, 1, 1001, 399}, {502, 1, 1001, 399},
                 {501, 2, 501, 200}, {251, 4, 251, 100},   {126, 8, 126, 50},
                 {1, 8, 126, 50},    {5000, 1, 1001, 399}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fn_image_info info;
        struct fn_image got;
        uint32_t denom;

        decode(&s, cases[i].min_side, &info, &got, &denom, NULL);
        assert_int_equal(denom, cases[i].denom);
        assert_int_equal(got.width, cases[i].width);
        assert_int_equal(got.height, cases[i].height);
        fn_image_destroy(&got);
    }
    close(s.fd);
    fn_image_destroy(&m);
}

/* Cuts a rectangle out of a complete decode. */
static struct fn_image cut(const struct fn_image *m, uint32_t x, uint32_t y, uint32_t w,
                           uint32_t h)
{
    struct fn_image c;

    assert_true(x + w <= m->width && y + h <= m->height);
    assert_int_equal(fn_image_create(w, h, &c), 0);
    for (uint32_t row = 0; row < h; row++)
        memcpy(c.data + row * c.stride, m->data + (y + row) * m->stride + 3 * x, 3 * (size_t)w);
    return c;
}

static void check_region(const struct fn_source *s, const struct fn_image *whole,
                         const struct fn_image_info *info, uint32_t x, uint32_t y, uint32_t w,
                         uint32_t h)
{
    struct fn_image part;
    struct fn_error err;
    uint32_t at_x, at_y;

    assert_int_equal(
        fn_image_decode_region(s, info, x, y, w, h, 1, &wide, &part, &at_x, &at_y, &err), 0);
    assert_true(at_x <= x && at_y <= y);
    assert_true(at_x + part.width >= x + w && at_y + part.height >= y + h);
    assert_true(part.width <= w + 40 && part.height <= h + 40);
    /* the requested pixels are bit-identical to those of the whole picture */
    struct fn_image want = cut(whole, x, y, w, h), got = cut(&part, x - at_x, y - at_y, w, h);
    assert_int_equal(picture_difference(&want, &got), 0);
    fn_image_destroy(&want);
    fn_image_destroy(&got);
    fn_image_destroy(&part);
}

static void test_regions(void **state)
{
    static const uint32_t rects[][4] = {
        {0, 0, 10, 10},   {100, 50, 37, 61}, {211, 0, 20, 149},  {16, 16, 16, 16},
        {0, 0, 231, 149}, {230, 148, 1, 1},  {48, 100, 100, 49}, {1, 1, 229, 147}};
    struct fn_image m = picture_pattern(231, 149);

    (void)state;
    for (int o = 1; o <= 8; o++) {
        for (int quality = 80; quality <= 95; quality += 15) { /* 4:2:0 and 4:4:4 */
            struct fn_source s = oriented_jpeg(&m, o, quality);
            struct fn_image_info info;
            struct fn_image whole;
            uint32_t denom;

            decode(&s, 0, &info, &whole, &denom, NULL);
            for (size_t i = 0; i < sizeof rects / sizeof rects[0]; i++)
                check_region(&s, &whole, &info, rects[i][0], rects[i][1], rects[i][2],
                             rects[i][3]);
            fn_image_destroy(&whole);
            close(s.fd);
        }
    }
    fn_image_destroy(&m);
}

static void test_scaled_region(void **state)
{
    struct fn_image m = picture_pattern(256, 192);
    struct fn_source s = picture_jpeg(&m, 85);
    struct fn_image_info info;
    struct fn_image half, part;
    struct fn_error err;
    uint32_t denom, x, y;

    (void)state;
    decode(&s, 128, &info, &half, &denom, NULL);
    assert_int_equal(denom, 2);
    assert_int_equal(
        fn_image_decode_region(&s, &info, 100, 60, 80, 40, 2, &wide, &part, &x, &y, &err), 0);
    assert_true(x <= 100 && y <= 60 && x % 2 == 0 && y % 2 == 0);
    struct fn_image want = cut(&half, 50, 30, 40, 20);
    struct fn_image got = cut(&part, 50 - x / 2, 30 - y / 2, 40, 20);
    assert_int_equal(picture_difference(&want, &got), 0);
    assert_int_equal(
        fn_image_decode_region(&s, &info, 256, 0, 8, 8, 1, &wide, &part, &x, &y, &err), -22);
    assert_true(fn_image_decode_region(&s, &info, 0, 0, 8, 8, 3, &wide, &part, &x, &y, &err) <
                0);
    fn_image_destroy(&want);
    fn_image_destroy(&got);
    fn_image_destroy(&part);
    fn_image_destroy(&half);
    fn_image_destroy(&m);
    close(s.fd);
}

static void test_png_scales(void **state)
{
    struct fn_image m = picture_pattern(101, 67), got;
    struct fn_source s = picture_png(&m);
    struct fn_image_info info;
    uint32_t denom;

    (void)state;
    decode(&s, 0, &info, &got, &denom, NULL);
    assert_int_equal(denom, 1);
    assert_int_equal(picture_difference(&m, &got), 0);
    fn_image_destroy(&got);
    decode(&s, 26, &info, &got, &denom, NULL);
    assert_int_equal(denom, 4);
    assert_int_equal(got.width, 26);
    assert_int_equal(got.height, 17);
    /* mean of 4 x 4, and of the 1 x 3 that remain in the last corner */
    unsigned sum = 0, corner = 0;
    for (unsigned y = 0; y < 4; y++)
        for (unsigned x = 0; x < 4; x++)
            sum += m.data[y * m.stride + 3 * x];
    for (unsigned y = 64; y < 67; y++)
        corner += m.data[y * m.stride + 300];
    assert_int_equal(got.data[0], (sum + 8) / 16);
    assert_int_equal(got.data[16 * got.stride + 75], (corner + 1) / 3);
    fn_image_destroy(&got);
    fn_image_destroy(&m);
    close(s.fd);
}

static void test_truncated(void **state)
{
    struct fn_image m = picture_pattern(320, 320);
    struct fn_source s = picture_jpeg(&m, 90), p = picture_png(&m);
    uint8_t *bytes = picture_bytes(&s), *png = picture_bytes(&p);
    struct fn_source most = picture_source(bytes, s.size * 8 / 10);
    struct fn_image_info info;
    struct fn_image got;
    uint32_t denom;
    bool truncated = false;

    (void)state;
    decode(&most, 0, &info, &got, &denom, &truncated);
    assert_true(truncated);
    assert_int_equal(got.height, 320);
    struct fn_image a = cut(&m, 0, 0, 320, 128), b = cut(&got, 0, 0, 320, 128);
    assert_true(picture_mean_difference(&a, &b) < 2.0);
    struct fn_error e = refuse(bytes, s.size * 4 / 10, &wide);
    assert_int_equal(e.code, FN_EDECODE);
    assert_memory_equal(e.text, "truncated JPEG", 14);
    e = refuse(png, p.size / 4, &wide);
    assert_string_equal(e.text, "truncated PNG");
    fn_image_destroy(&a);
    fn_image_destroy(&b);
    fn_image_destroy(&got);
    fn_image_destroy(&m);
    free(bytes);
    free(png);
    close(s.fd);
    close(p.fd);
    close(most.fd);
}

static void test_limits(void **state)
{
    static const uint8_t claims[] = {0x89, 'P',  'N', 'G', '\r', '\n', 0x1a, '\n', 0,    0, 0,
                                     13,   'I',  'H', 'D', 'R',  0,    0,    0xea, 0x60, 0, 0,
                                     0xea, 0x60, 8,   2,   0,    0,    0,    1,    2,    3, 4};
    struct fn_image m = picture_pattern(512, 512);
    struct fn_source s = picture_jpeg(&m, 90), p = picture_png(&m);
    uint8_t *jpeg = picture_bytes(&s), *png = picture_bytes(&p);
    const struct fn_decode_limits few = {1000, 1 << 20}, small = {500000000, 400 << 10};
    struct fn_error e = refuse(claims, sizeof claims, &wide);

    (void)state;
    assert_int_equal(e.code, FN_ELIMIT);
    assert_string_equal(e.text,
                        "60,000 \xc3\x97 60,000 pixels is over limits.max_pixels (500 M)");
    e = refuse(jpeg, s.size, &few);
    assert_int_equal(e.code, FN_ELIMIT);
    assert_string_equal(e.text, "512 \xc3\x97 512 pixels is over limits.max_pixels (1000)");
    e = refuse(jpeg, s.size, &small);
    assert_string_equal(e.text, "needs more than the memory limit");
    e = refuse(png, p.size, &small);
    assert_string_equal(e.text, "needs more than the memory limit");
    fn_image_destroy(&m);
    free(jpeg);
    free(png);
    close(s.fd);
    close(p.fd);
}

static int decode_with(const char *name, size_t max_bytes, struct fn_error *err)
{
    const struct fn_decode_limits lim = {1000000, max_bytes};
    struct fn_image_info info;
    struct fn_image m = {0};
    uint32_t denom;
    char path[4096];

    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/jpeg/%s", getenv("FN_SOURCE_DIR"), name);
    struct fn_source s = picture_open(path);
    assert_true(s.fd >= 0);
    assert_int_equal(fn_image_probe(&s, &lim, &info, err), 0);
    int rc = fn_image_decode(&s, &info, 0, &lim, &m, &denom, NULL, err);
    fn_image_destroy(&m);
    close(s.fd);
    return rc;
}

/* A progressive file needs all its coefficients. With just enough memory for a baseline file of
 * its size, it is refused. */
static void test_progressive_memory(void **state)
{
    struct fn_error err = {0};
    size_t enough = 1024;

    (void)state;
    while (decode_with("baseline.jpg", enough, &err) < 0)
        enough += 1024;
    assert_in_range(enough, 4096, 1 << 20);
    assert_int_equal(decode_with("progressive.jpg", enough, &err), FN_ELIMIT);
    assert_string_equal(err.text, "needs more than the memory limit");
    assert_int_equal(decode_with("progressive.jpg", 1 << 20, &err), 0);
    assert_int_equal(decode_with("cmyk.jpg", 1 << 20, &err), 0);
    assert_int_equal(decode_with("arithmetic.jpg", 1 << 20, &err), 0);
}

static struct fn_h128 key_of(const struct fn_source *s)
{
    struct fn_h128 k = {{0}};
    struct fn_error err = {0};

    if (fn_image_pixel_key(s, &k, &err) < 0)
        fail_msg("%s", err.text);
    return k;
}

static void test_pixel_key(void **state)
{
    struct fn_image m = picture_pattern(64, 64);
    struct fn_source plain = picture_jpeg(&m, 90), png = picture_png(&m);
    struct fn_source tagged = picture_with_segment(picture_jpeg(&m, 90), 0xfe, "a comment", 9);
    m.data[3000] ^= 0x80;
    struct fn_source other = picture_jpeg(&m, 90);
    struct fn_h128 a = key_of(&plain), b = key_of(&tagged), c = key_of(&other);
    uint8_t exif[32];
    struct fn_error err;

    (void)state;
    tagged = picture_with_segment(tagged, 0xe1, exif, picture_exif_orientation(exif, 6));
    struct fn_h128 d = key_of(&tagged);
    assert_true(fn_h128_eq(&a, &b));
    assert_true(fn_h128_eq(&a, &d));
    assert_false(fn_h128_eq(&a, &c));
    assert_int_equal(fn_image_pixel_key(&png, &b, &err), FN_EUNSUPPORTED);
    uint8_t *bytes = picture_bytes(&plain);
    struct fn_source half = picture_source(bytes, plain.size / 2);
    assert_int_equal(fn_image_pixel_key(&half, &b, &err), FN_EDECODE);
    free(bytes);
    close(half.fd);
    close(plain.fd);
    close(png.fd);
    close(tagged.fd);
    close(other.fd);
    fn_image_destroy(&m);
}

/* ---- EXIF blocks made by hand ---- */

struct block {
    uint8_t p[1024];
    size_t n;
};

static void put16(struct block *b, uint16_t v)
{
    fn_put_be16(b->p + b->n, v);
    b->n += 2;
}

static void put32(struct block *b, uint32_t v)
{
    fn_put_be32(b->p + b->n, v);
    b->n += 4;
}

static void entry(struct block *b, uint16_t tag, uint16_t type, uint32_t count, uint32_t value)
{
    put16(b, tag);
    put16(b, type);
    put32(b, count);
    put32(b, value);
}

static void text_at(struct block *b, uint32_t at, const char *s)
{
    memcpy(b->p + at, s, strlen(s) + 1);
}

/* Big-endian, IFD0 with make, model, orientation 6, an Exif IFD with time and zone, a GPS IFD.
 */
static struct block whole_block(const char *when, const char *zone, const char *ref)
{
    struct block b = {{0}, 0};

    memcpy(b.p, "MM\0*\0\0\0\x08", 8);
    b.n = 8;
    put16(&b, 5);
    entry(&b, 0x010f, 2, 6, 400);
    entry(&b, 0x0110, 2, 12, 420);
    entry(&b, 0x0112, 3, 1, 6u << 16);
    entry(&b, 0x8769, 4, 1, 100);
    entry(&b, 0x8825, 4, 1, 200);
    put32(&b, 0);
    b.n = 100;
    put16(&b, 2);
    entry(&b, 0x9003, 2, 20, 440);
    entry(&b, 0x9011, 2, 7, 470);
    put32(&b, 0);
    b.n = 200;
    put16(&b, 4);
    entry(&b, 1, 2, 2, (uint32_t)ref[0] << 24);
    entry(&b, 2, 5, 3, 500);
    entry(&b, 3, 2, 2, (uint32_t)'E' << 24);
    entry(&b, 4, 5, 3, 530);
    put32(&b, 0);
    text_at(&b, 400, "NIKON");
    text_at(&b, 420, "COOLPIX P60");
    text_at(&b, 440, when);
    text_at(&b, 470, zone);
    b.n = 500;
    put32(&b, 48), put32(&b, 1), put32(&b, 30), put32(&b, 1), put32(&b, 0), put32(&b, 1);
    b.n = 530;
    put32(&b, 11), put32(&b, 1), put32(&b, 0), put32(&b, 1), put32(&b, 3600), put32(&b, 100);
    b.n = 600;
    return b;
}

static void test_exif(void **state)
{
    struct block b = whole_block("2019:03:21 11:04:22", "+02:00", "S");
    struct fn_exif e;

    (void)state;
    fn_exif_parse(b.p, b.n, true, &e);
    assert_int_equal(e.orientation, 6);
    assert_int_equal(e.taken_precision, FN_TIME_SECOND);
    assert_int_equal(e.zone_min, 120);
    assert_int_equal(e.taken_s, fn_civil_to_unix(2019, 3, 21, 9, 4, 22));
    assert_string_equal(e.camera, "NIKON COOLPIX P60");
    assert_true(e.has_gps);
    assert_int_equal(e.lat_e7, -485000000);
    assert_int_equal(e.lon_e7, 110100000);
    b = whole_block("2019:03:21   :  :  ", "", "N");
    fn_exif_parse(b.p, b.n, false, &e);
    assert_int_equal(e.orientation, 1);
    assert_int_equal(e.taken_precision, FN_TIME_DAY);
    assert_int_equal(e.zone_min, FN_ZONE_UNKNOWN);
    assert_int_equal(e.taken_s, fn_civil_to_unix(2019, 3, 21, 0, 0, 0));
    b = whole_block("0000:00:00 00:00:00", "+99:99", "Q");
    fn_exif_parse(b.p, b.n, true, &e);
    assert_int_equal(e.taken_precision, FN_TIME_NONE);
    assert_false(e.has_gps);
}

/* Every prefix, and every single byte changed: no crash, no value out of range. */
static void test_exif_hostile(void **state)
{
    struct block whole = whole_block("2019:03:21 11:04:22", "+02:00", "S");
    struct fn_exif e;

    (void)state;
    for (size_t n = 0; n < whole.n; n++) {
        struct block b = whole;

        fn_exif_parse(b.p, n, true, &e);
        b.p[n] ^= 0xff;
        fn_exif_parse(b.p, b.n, true, &e);
        assert_in_range(e.orientation, 1, 8);
        assert_in_range(e.lat_e7 + 900000000, 0, 1800000000);
        assert_true(strnlen(e.camera, sizeof e.camera) < sizeof e.camera);
    }
}

static void test_full_disk(void **state)
{
    struct fn_image m = picture_pattern(64, 64);
    struct fn_error err = {0};
    struct fn_source full = picture_open("/dev/null");

    (void)state; /* opened for reading only: a write must fail and be reported */
    assert_int_equal(fn_image_write_jpeg_fd(full.fd, &m, 90, &err), -9);
    assert_memory_equal(err.text, "cannot write: ", 14);
    assert_int_equal(fn_image_write_png_fd(full.fd, &m, &err), -9);
    close(full.fd);
    fn_image_destroy(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats_by_content),
        cmocka_unit_test(test_not_an_image),
        cmocka_unit_test(test_orientations),
        cmocka_unit_test(test_jpeg_scales),
        cmocka_unit_test(test_regions),
        cmocka_unit_test(test_scaled_region),
        cmocka_unit_test(test_png_scales),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_pixel_key),
        cmocka_unit_test(test_progressive_memory),
        cmocka_unit_test(test_exif),
        cmocka_unit_test(test_exif_hostile),
        cmocka_unit_test(test_full_disk),
    };

    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
