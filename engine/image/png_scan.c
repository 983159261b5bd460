/* SPDX-License-Identifier: MIT */
/* PNG chunks (ISO/IEC 15948) without decoding: size and the eXIf chunk, at any position. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/image/bytes.h"
#include "engine/image/codec.h"
#include "engine/image/decode_limits.h"

enum { CHUNKS_MAX = 20000, EXIF_MAX = 1 << 20 };

static void read_exif(struct fn_bytes *b, uint32_t len, struct fn_exif *ret)
{
    uint8_t *p = malloc(len);

    if (p && fn_bytes_read(b, p, len) == len)
        fn_exif_parse(p, len, true, ret);
    free(p);
}

/* Leaves the reader at any position; exif stays cleared if there is none. */
static void scan_exif(struct fn_bytes *b, struct fn_exif *ret)
{
    for (int i = 0; i < CHUNKS_MAX; i++) {
        uint8_t head[8];

        if (fn_bytes_read(b, head, 8) != 8 || memcmp(head + 4, "IEND", 4) == 0)
            return;
        uint32_t len = fn_get_be32(head);
        if (memcmp(head + 4, "eXIf", 4) == 0 && len >= 8 && len <= EXIF_MAX) {
            read_exif(b, len, ret);
            return;
        }
        fn_bytes_skip(b, (uint64_t)len + 4);
    }
}

int fn_png_probe(const struct fn_source *src, struct fn_image_info *ret, struct fn_error *err)
{
    struct fn_bytes b;
    uint8_t head[33];
    int rc = 0;

    if (fn_bytes_init(&b, src) < 0)
        return fn_limit_memory(err);
    if (fn_bytes_read(&b, head, sizeof head) != sizeof head) {
        rc = b.error ? fn_error_set(err, b.error, "cannot read: %s", strerror(-b.error))
                     : fn_error_set(err, FN_EDECODE, "truncated PNG");
        goto out;
    }
    if (fn_get_be32(head + 8) != 13 || memcmp(head + 12, "IHDR", 4) != 0) {
        rc = fn_error_set(err, FN_EDECODE, "broken PNG: no header chunk");
        goto out;
    }
    ret->stored_width = fn_get_be32(head + 16);
    ret->stored_height = fn_get_be32(head + 20);
    if (ret->stored_width == 0 || ret->stored_height == 0 || ret->stored_width > INT32_MAX ||
        ret->stored_height > INT32_MAX) {
        rc = fn_error_set(err, FN_EDECODE, "broken PNG: %u x %u pixels", ret->stored_width,
                          ret->stored_height);
        goto out;
    }
    scan_exif(&b, &ret->exif);
out:
    fn_bytes_finish(&b);
    return rc;
}
