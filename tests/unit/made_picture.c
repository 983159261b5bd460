/* SPDX-License-Identifier: MIT */
/* Pictures for tests; see made_picture.h. Failing to make one fails the test program. */
#include "tests/unit/made_picture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"

static void need(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "cannot make a test picture: %s\n", what);
    abort();
}

struct fn_image picture_pattern(uint32_t width, uint32_t height)
{
    struct fn_image m;

    need(fn_image_create(width, height, &m) == 0, "memory");
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint8_t *p = m.data + y * m.stride + 3 * x;

            p[0] = (uint8_t)(20 + 200 * x / width);
            p[1] = (uint8_t)(20 + 200 * y / height);
            p[2] = (uint8_t)(128 + 100 * (int)(x < width / 3 && y < height / 4) - 60);
        }
    return m;
}

static struct fn_source memory_file(void)
{
    int fd = memfd_create("picture", MFD_CLOEXEC);

    need(fd >= 0, "memfd");
    return (struct fn_source){fd, 0};
}

static struct fn_source sized(struct fn_source s)
{
    struct stat st;

    need(fstat(s.fd, &st) == 0, "fstat");
    s.size = (uint64_t)st.st_size;
    return s;
}

struct fn_source picture_source(const void *p, size_t n)
{
    struct fn_source s = memory_file();

    need(fn_write_all(s.fd, p, n) == 0, "write");
    return sized(s);
}

struct fn_source picture_jpeg(const struct fn_image *m, int quality)
{
    struct fn_source s = memory_file();
    struct fn_error err;

    need(fn_image_write_jpeg_fd(s.fd, m, quality, &err) == 0, "JPEG");
    return sized(s);
}

struct fn_source picture_png(const struct fn_image *m)
{
    struct fn_source s = memory_file();
    struct fn_error err;

    need(fn_image_write_png_fd(s.fd, m, &err) == 0, "PNG");
    return sized(s);
}

uint8_t *picture_bytes(const struct fn_source *src)
{
    uint8_t *p = malloc(src->size + 1);

    need(p != NULL && fn_pread_all(src->fd, p, src->size, 0) == (ssize_t)src->size, "read");
    return p;
}

struct fn_source picture_with_segment(struct fn_source src, uint8_t marker, const void *p,
                                      size_t len)
{
    uint8_t *old = picture_bytes(&src);
    uint8_t head[6] = {0xff, 0xd8, 0xff, marker, (uint8_t)((len + 2) >> 8), (uint8_t)(len + 2)};
    struct fn_source s = memory_file();

    need(fn_write_all(s.fd, head, 6) == 0 && fn_write_all(s.fd, p, len) == 0 &&
             fn_write_all(s.fd, old + 2, src.size - 2) == 0,
         "write");
    free(old);
    close(src.fd);
    return sized(s);
}

size_t picture_exif_orientation(uint8_t out[32], int orientation)
{
    static const uint8_t block[32] = {'E', 'x', 'i', 'f', 0, 0,    'I',  'I', 42, 0, 8,
                                      0,   0,   0,   1,   0, 0x12, 0x01, 3,   0,  1};

    memcpy(out, block, sizeof block);
    fn_put_le16(out + 24, (uint16_t)orientation);
    return 32;
}

int picture_difference(const struct fn_image *a, const struct fn_image *b)
{
    int worst = 0;

    if (a->width != b->width || a->height != b->height)
        return -1;
    for (uint32_t y = 0; y < a->height; y++)
        for (size_t i = 0; i < 3 * (size_t)a->width; i++) {
            int d = abs(a->data[y * a->stride + i] - b->data[y * b->stride + i]);

            worst = d > worst ? d : worst;
        }
    return worst;
}

double picture_mean_difference(const struct fn_image *a, const struct fn_image *b)
{
    double sum = 0;

    if (a->width != b->width || a->height != b->height)
        return 1e9;
    for (uint32_t y = 0; y < a->height; y++)
        for (size_t i = 0; i < 3 * (size_t)a->width; i++)
            sum += abs(a->data[y * a->stride + i] - b->data[y * b->stride + i]);
    return sum / (3.0 * a->width * a->height);
}

const char *picture_shared(const char *rel)
{
    static char path[4096];
    const char *dir = getenv("FACENETD_SHARED"), *source = getenv("FN_SOURCE_DIR");

    if (dir)
        snprintf(path, sizeof path, "%s/%s", dir, rel);
    else
        snprintf(path, sizeof path, "%s/../shared/%s", source ? source : ".", rel);
    return fn_file_exists(path) ? path : NULL;
}

struct fn_source picture_open(const char *path)
{
    struct fn_source s = {open(path, O_RDONLY | O_CLOEXEC), 0};

    return s.fd >= 0 ? sized(s) : s;
}
