/* SPDX-License-Identifier: MIT */
/* Any bytes as a JPEG or PNG: probe, decode at two scales, a region, the pixel key. Each
 * returns pixels of the promised size, or a negative code with a message. HEIF is left to the
 * fuzzers of its own library. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/hash.h"
#include "engine/image/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fn_decode_limits limits = {4000000, 24 << 20};

static void expect(int ok)
{
    if (!ok)
        abort();
}

static void expect_error(int code, const struct fn_error *err)
{
    expect(code < 0 && err->code == code && err->text[0] != 0);
}

static void decode(const struct fn_source *s, const struct fn_image_info *info, uint32_t side)
{
    struct fn_image m = {0};
    struct fn_error err = {0};
    uint32_t denom = 0;
    bool truncated = false;
    int rc = fn_image_decode(s, info, side, &limits, &m, &denom, &truncated, &err);

    if (rc < 0) {
        expect_error(rc, &err);
        expect(m.data == NULL);
        return;
    }
    expect(m.width == (info->width + denom - 1) / denom);
    expect(m.height == (info->height + denom - 1) / denom);
    fn_image_destroy(&m);
}

static void region(const struct fn_source *s, const struct fn_image_info *info)
{
    struct fn_image m = {0};
    struct fn_error err = {0};
    uint32_t x, y, want_x = info->width / 3, want_y = info->height / 3;
    int rc = fn_image_decode_region(s, info, want_x, want_y, info->width / 2 + 1,
                                    info->height / 2 + 1, 1, &limits, &m, &x, &y, &err);

    if (rc < 0) {
        expect_error(rc, &err);
        return;
    }
    expect(x <= want_x && y <= want_y && x + m.width <= info->width &&
           y + m.height <= info->height);
    fn_image_destroy(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    struct fn_image_info info;
    struct fn_error err = {0};
    struct fn_h128 key;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    expect(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    struct fn_source s = {fd, size};
    if (size >= 8 && memcmp(data + 4, "ftyp", 4) == 0)
        return 0;
    int rc = fn_image_probe(&s, &limits, &info, &err);
    if (rc < 0) {
        expect_error(rc, &err);
    } else {
        expect(info.width > 0 && info.height > 0 && info.exif.orientation >= 1 &&
               info.exif.orientation <= 8);
        decode(&s, &info, 0);
        decode(&s, &info, 10);
        region(&s, &info);
    }
    rc = fn_image_pixel_key(&s, &key, &err);
    if (rc < 0)
        expect_error(rc, &err);
    return 0;
}
