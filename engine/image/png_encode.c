/* SPDX-License-Identifier: MIT */
/* RGB to a PNG file through a descriptor. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "engine/base/file.h"
#include "engine/image/guard.h"
#include "engine/image/decode_limits.h"

struct writer {
    png_structp png;
    png_infop info;
    struct fn_guard *guard;
    const struct fn_image *image;
    int fd, error;
    char text[160];
};

static void on_error(png_structp png, png_const_charp text)
{
    struct writer *w = png_get_error_ptr(png);

    snprintf(w->text, sizeof w->text, "%s", text);
    fn_guard_leave(w->guard);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void write_data(png_structp png, png_bytep p, size_t n)
{
    struct writer *w = png_get_io_ptr(png);

    w->error = fn_write_all(w->fd, p, n);
    if (w->error < 0)
        fn_guard_leave(w->guard);
}

static void flush(png_structp png)
{
    (void)png;
}

static void body(void *ctx)
{
    struct writer *w = ctx;

    w->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, w, on_error, on_warning);
    if (w->png)
        w->info = png_create_info_struct(w->png);
    if (!w->info)
        fn_guard_leave(w->guard);
    png_set_write_fn(w->png, w, write_data, flush);
    png_set_IHDR(w->png, w->info, w->image->width, w->image->height, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(w->png, w->info);
    for (uint32_t y = 0; y < w->image->height; y++)
        png_write_row(w->png, w->image->data + y * w->image->stride);
    png_write_end(w->png, w->info);
}

int fn_image_write_png_fd(int fd, const struct fn_image *m, struct fn_error *err)
{
    struct writer w = {.image = m, .fd = fd};
    int rc = 0;

    if (fn_guard_run(body, &w, &w.guard) < 0)
        rc = w.error < 0 ? fn_error_set(err, w.error, "cannot write: %s", strerror(-w.error))
             : w.text[0] ? fn_error_set(err, FN_ELIMIT, "cannot write PNG: %s", w.text)
                         : fn_limit_memory(err);
    if (w.png)
        png_destroy_write_struct(&w.png, &w.info);
    return rc;
}
