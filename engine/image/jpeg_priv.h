/* SPDX-License-Identifier: MIT */
/* Shared by the JPEG files: the pread source and the error callbacks of libjpeg. */
#ifndef FN_ENGINE_IMAGE_JPEG_PRIV_H
#define FN_ENGINE_IMAGE_JPEG_PRIV_H

#include <stdio.h>

#include <jpeglib.h>

#include "engine/image/guard.h"
#include "engine/image/image.h"

enum { FN_JPEG_BUFFER = 65536 };

/* libjpeg source manager over pread, FN_JPEG_BUFFER bytes at a time. At the end of the file it
 * feeds an EOI marker, as libjpeg recommends, and remembers that it did. */
struct fn_jpeg_source {
    struct jpeg_source_mgr pub;
    int fd;
    uint64_t at; /* next file position to read */
    bool ended;
    int error; /* -errno of a failed read */
    uint8_t buf[FN_JPEG_BUFFER];
};
void fn_jpeg_source_init(struct fn_jpeg_source *s, const struct fn_source *src);

/* Error manager that formats into `text` and leaves through the guard. */
struct fn_jpeg_errors {
    struct jpeg_error_mgr pub;
    struct fn_guard *guard;
    unsigned warnings;
    bool data_ended; /* the entropy-coded data ran out (JWRN_HIT_MARKER at EOI), in: */
    int ended_scan;
    JDIMENSION ended_row; /* in iMCU rows */
    int code;             /* FN_E* of the error that left */
    char text[JMSG_LENGTH_MAX];
};
struct jpeg_error_mgr *fn_jpeg_errors_init(struct fn_jpeg_errors *e);

#endif
