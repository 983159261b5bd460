/* SPDX-License-Identifier: MIT */
/* Walking JPEG markers. Like libjpeg, garbage between segments is skipped; unlike it, nothing
 * is decoded, so this serves the probe and the pixel key on files of any size. */
#include "engine/image/jpeg_scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "engine/image/bytes.h"
#include "engine/image/codec.h"
#include "engine/image/sniff.h"
#include "engine/image/decode_limits.h"

enum {
    M_SOF0 = 0xc0,
    M_DHT = 0xc4,
    M_JPG = 0xc8,
    M_DAC = 0xcc,
    M_SOF15 = 0xcf,
    M_RST0 = 0xd0,
    M_SOI = 0xd8,
    M_EOI = 0xd9,
    M_SOS = 0xda,
    M_APP0 = 0xe0,
    M_APP1 = 0xe1,
    M_APP15 = 0xef,
    M_COM = 0xfe,
    M_TEM = 0x01,
    /* bytes of tags before the first scan: colour profiles, previews */
    JPEG_HEAD_LIMIT = 64 << 20,
};

static bool is_sof(int m)
{
    return m >= M_SOF0 && m <= M_SOF15 && m != M_DHT && m != M_JPG && m != M_DAC;
}

static bool has_length(int m)
{
    return !(m >= M_RST0 && m <= M_EOI) && m != M_TEM;
}

/* Next marker code, garbage before it skipped; -1 at the end. */
static int next_marker(struct fn_bytes *b)
{
    for (;;) {
        int c = fn_bytes_next(b);

        while (c >= 0 && c != 0xff)
            c = fn_bytes_next(b);
        while (c == 0xff)
            c = fn_bytes_next(b);
        if (c != 0)
            return c;
    }
}

/* Length of the segment body, or -1. */
static int32_t body_length(struct fn_bytes *b)
{
    uint8_t len[2];

    if (fn_bytes_read(b, len, 2) != 2 || fn_get_be16(len) < 2)
        return -1;
    return fn_get_be16(len) - 2;
}

static int broken(const struct fn_bytes *b, struct fn_error *err)
{
    if (b->error)
        return fn_error_set(err, b->error, "cannot read: %s", strerror(-b->error));
    return fn_error_set(err, FN_EDECODE, "truncated JPEG");
}

static int read_sof(struct fn_bytes *b, int marker, int32_t len, struct fn_jpeg_head *h,
                    struct fn_error *err)
{
    uint8_t p[6];

    if (len < 6)
        return fn_error_set(err, FN_EDECODE, "broken JPEG: frame header of %d bytes", (int)len);
    if (fn_bytes_read(b, p, 6) != 6)
        return broken(b, err);
    h->sof = (uint8_t)marker;
    h->precision = p[0];
    h->height = fn_get_be16(p + 1);
    h->width = fn_get_be16(p + 3);
    h->components = p[5];
    fn_bytes_skip(b, (uint64_t)len - 6);
    if (h->width == 0 || h->height == 0)
        return fn_error_set(err, FN_EDECODE, "broken JPEG: %u x %u pixels", h->width,
                            h->height);
    return 0;
}

static void read_app1(struct fn_bytes *b, int32_t len, struct fn_jpeg_head *h)
{
    uint8_t id[6];

    if (len < 6 || h->exif_bytes > 0) {
        fn_bytes_skip(b, (uint64_t)len);
        return;
    }
    if (fn_bytes_read(b, id, 6) == 6 && memcmp(id, "Exif\0\0", 6) == 0)
        h->exif_bytes = fn_bytes_read(b, h->exif, (size_t)len - 6);
    else
        fn_bytes_skip(b, (uint64_t)len - 6);
}

static int scan_head(struct fn_bytes *b, struct fn_jpeg_head *h, struct fn_error *err)
{
    fn_bytes_skip(b, 2);
    while (fn_bytes_tell(b) < JPEG_HEAD_LIMIT) {
        int m = next_marker(b);

        if (m == M_EOI && h->sof == 0)
            return fn_error_set(err, FN_EDECODE, "broken JPEG: ends without a picture");
        if (m == M_SOS || (m == M_EOI && h->sof != 0))
            break;
        if (m < 0)
            return broken(b, err);
        if (!has_length(m))
            continue;
        int32_t len = body_length(b);
        int rc = 0;
        if (len < 0)
            return broken(b, err);
        if (is_sof(m) && h->sof == 0)
            rc = read_sof(b, m, len, h, err);
        else if (m == M_APP1)
            read_app1(b, len, h);
        else
            fn_bytes_skip(b, (uint64_t)len);
        if (rc < 0)
            return rc;
    }
    if (h->sof == 0)
        return fn_error_set(err, FN_EDECODE, "broken JPEG: no frame header");
    return 0;
}

int fn_jpeg_read_head(const struct fn_source *src, struct fn_jpeg_head *ret,
                      struct fn_error *err)
{
    struct fn_bytes b;

    if (fn_bytes_init(&b, src) < 0)
        return fn_limit_memory(err);
    memset(ret, 0, sizeof *ret);
    int rc = scan_head(&b, ret, err);
    fn_bytes_finish(&b);
    return rc;
}

int fn_jpeg_probe(const struct fn_source *src, struct fn_image_info *ret, struct fn_error *err)
{
    struct fn_jpeg_head *h = malloc(sizeof *h);

    if (!h)
        return fn_limit_memory(err);
    int rc = fn_jpeg_read_head(src, h, err);
    if (rc < 0)
        goto out;
    if (h->precision < 2 || h->precision > 16)
        rc = fn_error_set(err, FN_EDECODE, "broken JPEG: %u bits per sample", h->precision);
    else if (h->precision != 8)
        rc = fn_error_set(err, FN_EUNSUPPORTED, "JPEG with %u bits per sample is not supported",
                          h->precision);
    else if (h->sof == 0xc3 || (h->sof >= 0xc5 && h->sof != 0xc9 && h->sof != 0xca))
        rc = fn_error_set(err, FN_EUNSUPPORTED, "%s JPEG is not supported",
                          h->sof == 0xc3 ? "lossless" : "hierarchical or lossless");
    if (rc < 0)
        goto out;
    ret->stored_width = h->width;
    ret->stored_height = h->height;
    fn_exif_parse(h->exif, h->exif_bytes, true, &ret->exif);
out:
    free(h);
    return rc;
}

/* Hashes entropy-coded data up to the next real marker (not RSTn, not a stuffed 00), which is
 * returned. */
static int hash_scan_data(struct fn_bytes *b, struct fn_hasher *h)
{
    for (;;) {
        if (!fn_bytes_fill(b))
            return -1;
        uint8_t *at = b->buf + b->pos, *ff = memchr(at, 0xff, b->len - b->pos);
        size_t n = ff ? (size_t)(ff - at) : b->len - b->pos;

        fn_hasher_add(h, at, n);
        b->pos += n;
        if (!ff)
            continue;
        b->pos++;
        int c = fn_bytes_next(b);
        while (c == 0xff)
            c = fn_bytes_next(b);
        if (c < 0)
            return -1;
        if (c != 0 && !(c >= M_RST0 && c < M_SOI))
            return c;
        fn_hasher_add(h, (const uint8_t[2]){0xff, (uint8_t)c}, 2);
    }
}

/* Hashes one segment of len bytes with its marker and length. */
static int hash_segment(struct fn_bytes *b, int marker, int32_t len, struct fn_hasher *h)
{
    uint8_t head[4] = {0xff, (uint8_t)marker, (uint8_t)((len + 2) >> 8), (uint8_t)(len + 2)};

    fn_hasher_add(h, head, sizeof head);
    while (len > 0) {
        if (!fn_bytes_fill(b))
            return -1;
        size_t n = b->len - b->pos < (size_t)len ? b->len - b->pos : (size_t)len;

        fn_hasher_add(h, b->buf + b->pos, n);
        b->pos += n;
        len -= (int32_t)n;
    }
    return 0;
}

static int hash_picture(struct fn_bytes *b, struct fn_hasher *h, struct fn_error *err)
{
    fn_bytes_skip(b, 2);
    int m = next_marker(b);
    bool scan_seen = false;

    while (m >= 0 && m != M_EOI) {
        if (!has_length(m)) {
            m = next_marker(b);
            continue;
        }
        int32_t len = body_length(b);

        if (len < 0)
            break;
        if ((m >= M_APP0 && m <= M_APP15) || m == M_COM)
            fn_bytes_skip(b, (uint64_t)len);
        else if (hash_segment(b, m, len, h) < 0)
            break;
        scan_seen = scan_seen || m == M_SOS;
        m = m == M_SOS ? hash_scan_data(b, h) : next_marker(b);
    }
    if (m != M_EOI)
        return broken(b, err);
    return scan_seen ? 0 : fn_error_set(err, FN_EDECODE, "broken JPEG: ends without a picture");
}

int fn_image_pixel_key(const struct fn_source *src, struct fn_h128 *ret, struct fn_error *err)
{
    enum fn_format f;
    struct fn_bytes b = {0};
    struct fn_hasher *h = NULL;
    int rc = fn_sniff(src, &f, err);

    if (rc < 0)
        return rc;
    if (f != FN_FORMAT_JPEG)
        return fn_error_set(err, FN_EUNSUPPORTED, "only a JPEG has a pixel key");
    h = fn_hasher_create();
    if (!h || fn_bytes_init(&b, src) < 0) {
        rc = fn_limit_memory(err);
        goto out;
    }
    rc = hash_picture(&b, h, err);
    if (rc == 0)
        *ret = fn_hasher_digest(h);
out:
    fn_bytes_finish(&b);
    fn_hasher_destroy(h);
    return rc;
}
