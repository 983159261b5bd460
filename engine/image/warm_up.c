/* SPDX-License-Identifier: MIT */
/* One tiny decode per codec, so that whatever a decoder sets up on its first picture is there
 * before a sandbox closes: plug-ins, tables, message catalogues. The two HEIF pictures are 64 x
 * 64 grey, made with libheif. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "engine/image/decode_limits.h"

static const uint8_t grey_heic[] = {
    0,   0,   0,   28,  102, 116, 121, 112, 104, 101, 105, 99,  0,   0,   0,   0,   109, 105,
    102, 49,  104, 101, 105, 99,  109, 105, 97,  102, 0,   0,   1,   63,  109, 101, 116, 97,
    0,   0,   0,   0,   0,   0,   0,   33,  104, 100, 108, 114, 0,   0,   0,   0,   0,   0,
    0,   0,   112, 105, 99,  116, 0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    0,   0,   0,   0,   14,  112, 105, 116, 109, 0,   0,   0,   0,   0,   1,   0,   0,   0,
    34,  105, 108, 111, 99,  0,   0,   0,   0,   68,  64,  0,   1,   0,   1,   0,   0,   0,
    0,   1,   99,  0,   1,   0,   0,   0,   0,   0,   0,   0,   16,  0,   0,   0,   35,  105,
    105, 110, 102, 0,   0,   0,   0,   0,   1,   0,   0,   0,   21,  105, 110, 102, 101, 2,
    0,   0,   0,   0,   1,   0,   0,   104, 118, 99,  49,  0,   0,   0,   0,   191, 105, 112,
    114, 112, 0,   0,   0,   161, 105, 112, 99,  111, 0,   0,   0,   117, 104, 118, 99,  67,
    1,   3,   112, 0,   0,   0,   0,   0,   0,   0,   0,   0,   30,  240, 0,   252, 253, 248,
    248, 0,   0,   15,  3,   32,  0,   1,   0,   24,  64,  1,   12,  1,   255, 255, 3,   112,
    0,   0,   3,   0,   144, 0,   0,   3,   0,   0,   3,   0,   30,  186, 2,   64,  33,  0,
    1,   0,   40,  66,  1,   1,   3,   112, 0,   0,   3,   0,   144, 0,   0,   3,   0,   0,
    3,   0,   30,  160, 32,  129, 5,   150, 234, 73,  41,  174, 108, 8,   0,   0,   3,   0,
    8,   0,   0,   3,   0,   8,   64,  34,  0,   1,   0,   7,   68,  1,   193, 114, 176, 34,
    64,  0,   0,   0,   20,  105, 115, 112, 101, 0,   0,   0,   0,   0,   0,   0,   64,  0,
    0,   0,   64,  0,   0,   0,   16,  112, 105, 120, 105, 0,   0,   0,   0,   3,   8,   8,
    8,   0,   0,   0,   22,  105, 112, 109, 97,  0,   0,   0,   0,   0,   0,   0,   1,   0,
    1,   3,   129, 2,   131, 0,   0,   0,   24,  109, 100, 97,  116, 0,   0,   0,   12,  40,
    1,   175, 4,   24,  252, 29,  215, 57,  101, 3,   216,
};

static const uint8_t grey_avif[] = {
    0,   0,   0,   28,  102, 116, 121, 112, 97,  118, 105, 102, 0,   0,   0,   0,   97,  118,
    105, 102, 109, 105, 102, 49,  109, 105, 97,  102, 0,   0,   0,   234, 109, 101, 116, 97,
    0,   0,   0,   0,   0,   0,   0,   33,  104, 100, 108, 114, 0,   0,   0,   0,   0,   0,
    0,   0,   112, 105, 99,  116, 0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    0,   0,   0,   0,   14,  112, 105, 116, 109, 0,   0,   0,   0,   0,   1,   0,   0,   0,
    34,  105, 108, 111, 99,  0,   0,   0,   0,   68,  64,  0,   1,   0,   1,   0,   0,   0,
    0,   1,   14,  0,   1,   0,   0,   0,   0,   0,   0,   0,   24,  0,   0,   0,   35,  105,
    105, 110, 102, 0,   0,   0,   0,   0,   1,   0,   0,   0,   21,  105, 110, 102, 101, 2,
    0,   0,   0,   0,   1,   0,   0,   97,  118, 48,  49,  0,   0,   0,   0,   106, 105, 112,
    114, 112, 0,   0,   0,   75,  105, 112, 99,  111, 0,   0,   0,   19,  99,  111, 108, 114,
    110, 99,  108, 120, 0,   2,   0,   2,   0,   6,   128, 0,   0,   0,   12,  97,  118, 49,
    67,  129, 0,   12,  0,   0,   0,   0,   20,  105, 115, 112, 101, 0,   0,   0,   0,   0,
    0,   0,   64,  0,   0,   0,   64,  0,   0,   0,   16,  112, 105, 120, 105, 0,   0,   0,
    0,   3,   8,   8,   8,   0,   0,   0,   23,  105, 112, 109, 97,  0,   0,   0,   0,   0,
    0,   0,   1,   0,   1,   4,   129, 130, 3,   132, 0,   0,   0,   32,  109, 100, 97,  116,
    18,  0,   10,  6,   24,  21,  127, 253, 129, 8,   50,  12,  30,  64,  63,  255, 255, 196,
    0,   183, 17,  226, 187, 192,
};

static int decode(int fd, const struct fn_decode_limits *lim, struct fn_error *err)
{
    off_t end = lseek(fd, 0, SEEK_END);
    struct fn_source src = {fd, end > 0 ? (uint64_t)end : 0};
    struct fn_image_info info;
    struct fn_image m = {0};
    uint32_t denom;
    int rc = fn_image_probe(&src, lim, &info, err);

    if (rc == 0)
        rc = fn_image_decode(&src, &info, 0, lim, &m, &denom, NULL, err);
    fn_image_destroy(&m);
    return rc;
}

static int decode_bytes(const uint8_t *p, size_t n, const struct fn_decode_limits *lim,
                        struct fn_error *err)
{
    int fd = memfd_create("warm", MFD_CLOEXEC);
    int rc = fd < 0 ? fn_limit_memory(err) : fn_write_all(fd, p, n);

    if (rc == 0)
        rc = decode(fd, lim, err);
    if (fd >= 0)
        close(fd);
    return rc;
}

static int encode_and_decode(bool png, const struct fn_decode_limits *lim, struct fn_error *err)
{
    struct fn_image m = {0};
    int fd = memfd_create("warm", MFD_CLOEXEC);
    int rc = fd < 0 || fn_image_create(16, 16, &m) < 0 ? fn_limit_memory(err) : 0;

    if (rc == 0)
        rc = png ? fn_image_write_png_fd(fd, &m, err) : fn_image_write_jpeg_fd(fd, &m, 90, err);
    if (rc == 0)
        rc = decode(fd, lim, err);
    if (fd >= 0)
        close(fd);
    fn_image_destroy(&m);
    return rc;
}

int fn_image_warm_up(const struct fn_decode_limits *lim, struct fn_error *err)
{
    struct fn_error ignored;
    int rc = encode_and_decode(false, lim, err);

    if (rc == 0)
        rc = encode_and_decode(true, lim, err);
    /* libheif may be built without one of its codecs; its files are then refused one by one */
    (void)!decode_bytes(grey_heic, sizeof grey_heic, lim, &ignored);
    (void)!decode_bytes(grey_avif, sizeof grey_avif, lim, &ignored);
    return rc;
}
