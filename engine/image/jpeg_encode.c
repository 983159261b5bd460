/* SPDX-License-Identifier: MIT */
/* RGB to a JPEG file through a descriptor (4:2:0 below quality 90, 4:4:4 from there). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/image/jpeg_priv.h"
#include "engine/image/decode_limits.h"

struct writer {
    struct jpeg_compress_struct c;
    struct fn_jpeg_errors errors;
    struct jpeg_destination_mgr dest;
    const struct fn_image *image;
    int fd, quality, error;
    uint8_t buf[FN_JPEG_BUFFER];
};

static void flush(struct writer *w, size_t n)
{
    w->error = fn_write_all(w->fd, w->buf, n);
    if (w->error < 0)
        fn_guard_leave(w->errors.guard);
    w->dest.next_output_byte = w->buf;
    w->dest.free_in_buffer = sizeof w->buf;
}

static void init_destination(j_compress_ptr c)
{
    struct writer *w = c->client_data;

    w->dest.next_output_byte = w->buf;
    w->dest.free_in_buffer = sizeof w->buf;
}

static boolean empty_output_buffer(j_compress_ptr c)
{
    struct writer *w = c->client_data;

    flush(w, sizeof w->buf);
    return TRUE;
}

static void term_destination(j_compress_ptr c)
{
    struct writer *w = c->client_data;

    flush(w, sizeof w->buf - w->dest.free_in_buffer);
}

static void body(void *ctx)
{
    struct writer *w = ctx;
    struct jpeg_compress_struct *c = &w->c;

    jpeg_create_compress(c);
    c->client_data = w;
    c->dest = &w->dest;
    c->image_width = w->image->width;
    c->image_height = w->image->height;
    c->input_components = 3;
    c->in_color_space = JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, w->quality, TRUE);
    c->optimize_coding = TRUE;
    if (w->quality >= 90)
        c->comp_info[0].h_samp_factor = c->comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(c, TRUE);
    while (c->next_scanline < c->image_height) {
        JSAMPROW row = w->image->data + c->next_scanline * w->image->stride;

        jpeg_write_scanlines(c, &row, 1);
    }
    jpeg_finish_compress(c);
}

int fn_image_write_jpeg_fd(int fd, const struct fn_image *m, int quality, struct fn_error *err)
{
    struct writer *w = NULL;
    int rc = 0;

    if (m->width > JPEG_MAX_DIMENSION || m->height > JPEG_MAX_DIMENSION)
        return fn_error_set(err, FN_ELIMIT, "%u x %u pixels do not fit into a JPEG", m->width,
                            m->height);
    w = calloc(1, sizeof *w);
    if (!w)
        return fn_limit_memory(err);
    w->c.err = fn_jpeg_errors_init(&w->errors);
    w->dest = (struct jpeg_destination_mgr){.init_destination = init_destination,
                                            .empty_output_buffer = empty_output_buffer,
                                            .term_destination = term_destination};
    w->image = m;
    w->fd = fd;
    w->quality = quality < 1 ? 1 : quality > 100 ? 100 : quality;
    if (fn_guard_run(body, w, &w->errors.guard) < 0)
        rc = w->error < 0
                 ? fn_error_set(err, w->error, "cannot write: %s", strerror(-w->error))
                 : fn_error_set(err, w->errors.code, "cannot write JPEG: %s", w->errors.text);
    jpeg_destroy_compress(&w->c);
    free(w);
    return rc;
}
