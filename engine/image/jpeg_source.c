/* SPDX-License-Identifier: MIT */
/* libjpeg's callbacks: the source of its bytes and the destination of its messages. */
#include "engine/image/jpeg_priv.h"

#include <string.h>

#include <jerror.h>

#include "engine/base/file.h"

static void init_source(j_decompress_ptr c)
{
    (void)c;
}

static boolean fill_input_buffer(j_decompress_ptr c)
{
    static const JOCTET eoi[2] = {0xff, JPEG_EOI};
    struct fn_jpeg_source *s = (struct fn_jpeg_source *)c->src;
    ssize_t n = s->ended ? 0 : fn_pread_all(s->fd, s->buf, sizeof s->buf, s->at);

    if (n > 0) {
        s->at += (uint64_t)n;
        s->pub.next_input_byte = s->buf;
        s->pub.bytes_in_buffer = (size_t)n;
        return TRUE;
    }
    if (n < 0)
        s->error = (int)n;
    s->ended = true;
    WARNMS(c, JWRN_JPEG_EOF);
    s->pub.next_input_byte = eoi;
    s->pub.bytes_in_buffer = sizeof eoi;
    return TRUE;
}

static void skip_input_data(j_decompress_ptr c, long n)
{
    struct fn_jpeg_source *s = (struct fn_jpeg_source *)c->src;

    if (n <= 0)
        return;
    if ((size_t)n <= s->pub.bytes_in_buffer) {
        s->pub.next_input_byte += n;
        s->pub.bytes_in_buffer -= (size_t)n;
        return;
    }
    s->at += (uint64_t)n - s->pub.bytes_in_buffer;
    s->pub.bytes_in_buffer = 0;
    s->pub.next_input_byte = s->buf;
}

void fn_jpeg_source_init(struct fn_jpeg_source *s, const struct fn_source *src)
{
    s->pub = (struct jpeg_source_mgr){
        .init_source = init_source,
        .fill_input_buffer = fill_input_buffer,
        .skip_input_data = skip_input_data,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = init_source,
        .next_input_byte = s->buf,
    };
    s->fd = src->fd;
    s->at = 0;
    s->ended = false;
    s->error = 0;
}

static void error_exit(j_common_ptr c)
{
    struct fn_jpeg_errors *e = (struct fn_jpeg_errors *)c->err;

    e->pub.format_message(c, e->text);
    switch (e->pub.msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: /* over max_memory_to_use */
    case JERR_WIDTH_OVERFLOW:
        e->code = FN_ELIMIT;
        break;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
        e->code = FN_EUNSUPPORTED;
        break;
    default:
        e->code = FN_EDECODE;
        break;
    }
    fn_guard_leave(e->guard);
}

static void emit_message(j_common_ptr c, int level)
{
    struct fn_jpeg_errors *e = (struct fn_jpeg_errors *)c->err;
    j_decompress_ptr d = (j_decompress_ptr)c;

    if (level >= 0)
        return;
    e->warnings++;
    if (e->data_ended || e->pub.msg_code != JWRN_HIT_MARKER || !c->is_decompressor ||
        d->unread_marker != JPEG_EOI)
        return;
    e->data_ended = true;
    e->ended_scan = d->input_scan_number;
    e->ended_row = d->input_iMCU_row;
}

static void output_message(j_common_ptr c)
{
    (void)c; /* the default prints to stderr */
}

struct jpeg_error_mgr *fn_jpeg_errors_init(struct fn_jpeg_errors *e)
{
    memset(e, 0, sizeof *e);
    jpeg_std_error(&e->pub);
    e->pub.error_exit = error_exit;
    e->pub.emit_message = emit_message;
    e->pub.output_message = output_message;
    return &e->pub;
}
