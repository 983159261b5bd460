/* SPDX-License-Identifier: MIT */
/* WebP: pictures made with the encoder of libwebp, decoded upright, scaled, with alpha,
 * broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <webp/encode.h>

#include "engine/base/endian.h"
#include "engine/image/decode.h"
#include "engine/image/resample.h"
#include "tests/unit/made_picture.h"

static const struct fn_decode_limits limits = {1 << 20, 64 << 20};

static struct fn_source lossless(const struct fn_image *m)
{
    uint8_t *file = NULL;
    size_t n =
        WebPEncodeLosslessRGB(m->data, (int)m->width, (int)m->height, (int)m->stride, &file);
    assert_true(n > 0);
    struct fn_source src = picture_source(file, n);
    WebPFree(file);
    return src;
}

static void decode(const struct fn_source *src, uint32_t side, struct fn_image *ret,
                   uint32_t *ret_denom)
{
    struct fn_image_info info;
    struct fn_error err = {0};
    bool truncated = true;
    assert_int_equal(fn_image_probe(src, &limits, &info, &err), 0);
    assert_int_equal(info.format, FN_FORMAT_WEBP);
    assert_int_equal(
        fn_image_decode(src, &info, side, &limits, ret, ret_denom, &truncated, &err), 0);
    assert_false(truncated);
}

static void lossless_comes_back_exactly(void **state)
{
    (void)state;
    struct fn_image m = picture_pattern(61, 37), got = {0};
    struct fn_source src = lossless(&m);
    uint32_t denom = 0;
    decode(&src, 0, &got, &denom);
    assert_int_equal(denom, 1);
    assert_int_equal(picture_difference(&m, &got), 0);
    close(src.fd);
    fn_image_destroy(&got);
    fn_image_destroy(&m);
}

static void shrinks_while_decoding(void **state)
{
    (void)state;
    struct fn_image m = picture_pattern(400, 300), got = {0}, want = {0};
    struct fn_source src = lossless(&m);
    uint32_t denom = 0;
    decode(&src, 100, &got, &denom);
    assert_int_equal(denom, 4);
    assert_int_equal(fn_resize_u8(&m, 100, 75, &want), 0);
    assert_true(picture_mean_difference(&got, &want) < 2);
    close(src.fd);
    fn_image_destroy(&got);
    fn_image_destroy(&want);
    fn_image_destroy(&m);
}

/* The file with an EXIF chunk at its end and the flag for it in the container. */
static struct fn_source with_orientation(struct fn_source src, const struct fn_image *m,
                                         int orientation)
{
    uint8_t *old = picture_bytes(&src), *file = calloc(1, src.size + 200), block[32];
    size_t exif = picture_exif_orientation(block, orientation), body = src.size - 12, n = 0;
    memcpy(file, "RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x08", 21);
    fn_put_le32(file + 24, (m->width - 1) | (m->height - 1) << 24);
    fn_put_le16(file + 28, (uint16_t)((m->height - 1) >> 8));
    n = 30;
    memcpy(file + n, old + 12, body);
    n += body;
    memcpy(file + n, "EXIF", 4);
    fn_put_le32(file + n + 4, (uint32_t)exif);
    memcpy(file + n + 8, block, exif);
    n += 8 + exif + (exif & 1);
    fn_put_le32(file + 4, (uint32_t)(n - 8));
    struct fn_source made = picture_source(file, n);
    close(src.fd);
    free(old);
    free(file);
    return made;
}

static void orientation_is_honoured(void **state)
{
    (void)state;
    for (int o = 1; o <= 8; o++) {
        struct fn_image m = picture_pattern(40, 23), got = {0};
        struct fn_source src = with_orientation(lossless(&m), &m, o);
        uint32_t denom = 0;
        decode(&src, 0, &got, &denom);
        assert_int_equal(fn_image_orient(&m, o), 0);
        assert_int_equal(picture_difference(&m, &got), 0);
        close(src.fd);
        fn_image_destroy(&got);
        fn_image_destroy(&m);
    }
}

static void alpha_is_shown_on_white(void **state)
{
    (void)state;
    const uint8_t rgba[2 * 4] = {10, 20, 30, 0, 200, 100, 0, 255};
    uint8_t *file = NULL;
    size_t n = WebPEncodeLosslessRGBA(rgba, 2, 1, 8, &file);
    struct fn_source src = picture_source(file, n);
    struct fn_image got = {0};
    uint32_t denom = 0;
    decode(&src, 0, &got, &denom);
    const uint8_t want[6] = {255, 255, 255, 200, 100, 0};
    assert_memory_equal(got.data, want, sizeof want);
    WebPFree(file);
    close(src.fd);
    fn_image_destroy(&got);
}

static void broken_files_have_a_sentence(void **state)
{
    (void)state;
    struct fn_image m = picture_pattern(200, 150), got = {0};
    struct fn_source whole = lossless(&m);
    uint8_t *file = picture_bytes(&whole);
    for (size_t n = 12; n < whole.size; n += 1 + n / 7) {
        struct fn_source src = picture_source(file, n);
        struct fn_image_info info;
        struct fn_error err = {0};
        uint32_t denom;
        bool truncated;
        int rc = fn_image_probe(&src, &limits, &info, &err);
        if (!rc)
            rc = fn_image_decode(&src, &info, 0, &limits, &got, &denom, &truncated, &err);
        assert_int_equal(rc, FN_EDECODE);
        assert_non_null(strstr(err.text, "WebP"));
        close(src.fd);
    }
    struct fn_image_info info;
    struct fn_error err = {0};
    const struct fn_decode_limits few = {100, 64 << 20}, small = {1 << 20, 1000};
    uint32_t denom;
    bool truncated;
    assert_int_equal(fn_image_probe(&whole, &few, &info, &err), FN_ELIMIT);
    assert_int_equal(fn_image_probe(&whole, &small, &info, &err), 0);
    assert_int_equal(fn_image_decode(&whole, &info, 0, &small, &got, &denom, &truncated, &err),
                     FN_ELIMIT);
    free(file);
    close(whole.fd);
    fn_image_destroy(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lossless_comes_back_exactly),
        cmocka_unit_test(shrinks_while_decoding),
        cmocka_unit_test(orientation_is_honoured),
        cmocka_unit_test(alpha_is_shown_on_white),
        cmocka_unit_test(broken_files_have_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
