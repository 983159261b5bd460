/* SPDX-License-Identifier: MIT */
#include "cli/library/pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"

static int memory_file(const char *name, struct fn_error *err)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    return fd < 0
               ? fn_error_set(err, -errno, "cannot make a memory file: %s", fn_strerror(-errno))
               : fd;
}

/* Crops as many boxes as one request can have. */
static int crop_some(struct fn_library *lib, int fd, const float (*boxes)[4], size_t n,
                     uint32_t px, float margin, struct fn_image *images, struct fn_error *err)
{
    struct fn_work_reply reply;
    int out = memory_file("crops", err);
    if (out < 0)
        return out;
    struct fn_work_request q = {.kind = FN_WORK_CROP,
                                .fd = fd,
                                .out_fd = out,
                                .n_boxes = (uint32_t)n,
                                .boxes = boxes,
                                .px = px,
                                .margin = margin};
    int rc = fnl_worker_ask(lib, &q, &reply, err);
    size_t row = (size_t)px * 3, size = row * px;
    if (!rc && reply.out_bytes != size * n)
        rc = fn_error_set(err, FN_EWORKER, "the worker returned crops of another size");
    for (size_t i = 0; !rc && i < n; i++) {
        rc = fn_image_create(px, px, &images[i]);
        for (uint32_t y = 0; !rc && y < px; y++)
            if (fn_pread_all(out, images[i].data + y * images[i].stride, row,
                             i * size + y * row) != (ssize_t)row)
                rc = fn_error_set(err, FN_EWORKER, "the worker returned too few crops");
    }
    (void)close(out);
    return rc;
}

int fnl_crops(struct fn_library *lib, int fd, const float (*boxes)[4], size_t n, uint32_t px,
              float margin, struct fn_image *images, struct fn_error *err)
{
    int rc = 0;
    memset(images, 0, n * sizeof *images);
    for (size_t at = 0; !rc && at < n;) {
        size_t some = n - at < FN_WORK_BOXES_MAX ? n - at : FN_WORK_BOXES_MAX;
        rc = crop_some(lib, fd, boxes + at, some, px, margin, images + at, err);
        at += some;
    }
    for (size_t i = 0; rc && i < n; i++)
        fn_image_destroy(&images[i]);
    return rc;
}

/* Writes the bytes of a memory file to path, atomically. */
static int save(int fd, const char *path, struct fn_error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || st.st_size <= 0)
        return fn_error_set(err, FN_EWORKER, "there is no picture to write to '%s'", path);
    size_t n = (size_t)st.st_size;
    void *p = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    int rc = fn_file_write_atomic(path, p, n, 0644, err);
    (void)munmap(p, n);
    return rc;
}

/* The pixels after the size that a worker wrote. It is not trusted: size and file must agree.
 */
static int read_picture(int fd, uint64_t bytes, struct fn_image *ret, struct fn_error *err)
{
    enum { HEAD = 8, SIDE_MAX = 1 << 16 };
    uint8_t head[HEAD];
    if (fn_pread_all(fd, head, HEAD, 0) != HEAD)
        return fn_error_set(err, FN_EWORKER, "the worker returned no picture");
    uint32_t width = fn_get_le32(head), height = fn_get_le32(head + 4);
    size_t row = (size_t)width * 3;
    if (!width || !height || width > SIDE_MAX || height > SIDE_MAX ||
        bytes != HEAD + (uint64_t)row * height)
        return fn_error_set(err, FN_EWORKER, "the worker returned a picture of another size");
    int rc = fn_image_create(width, height, ret);
    if (rc)
        return fn_error_set(err, rc, "out of memory");
    for (uint32_t y = 0; !rc && y < height; y++)
        if (fn_pread_all(fd, ret->data + y * ret->stride, row, HEAD + (uint64_t)y * row) !=
            (ssize_t)row)
            rc = fn_error_set(err, FN_EWORKER, "the worker returned half a picture");
    if (rc)
        fn_image_destroy(ret);
    return rc;
}

int fnl_picture(struct fn_library *lib, int fd, uint32_t px, struct fn_image *ret,
                struct fn_error *err)
{
    struct fn_work_reply reply;
    int out = memory_file("picture", err);
    if (out < 0)
        return out;
    struct fn_work_request q = {.kind = FN_WORK_PICTURE, .fd = fd, .out_fd = out, .px = px};
    int rc = fnl_worker_ask(lib, &q, &reply, err);
    rc = rc ? rc : read_picture(out, reply.out_bytes, ret, err);
    (void)close(out);
    return rc;
}

int fnl_save_jpeg(const char *path, const struct fn_image *m, struct fn_error *err)
{
    int fd = memory_file("picture", err);
    if (fd < 0)
        return fd;
    int rc = fn_image_write_jpeg_fd(fd, m, 90, err);
    rc = rc ? rc : save(fd, path, err);
    (void)close(fd);
    return rc;
}
