/* SPDX-License-Identifier: MIT */
/* Buffered sequential reading of a picture file by pread, 64 KB at a time, with skips that do
 * not read what they skip. For walking markers and chunks; decoders have sources of their own.
 */
#ifndef FN_ENGINE_IMAGE_BYTES_H
#define FN_ENGINE_IMAGE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/image/image.h"

enum { FN_BYTES_BUFFER = 65536 };

struct fn_bytes {
    int fd;
    uint64_t at;     /* file position of buf[0] */
    size_t pos, len; /* next and end in buf */
    int error;       /* -errno of a failed read, else 0 */
    uint8_t *buf;
};

FN_NODISCARD int fn_bytes_init(struct fn_bytes *b,
                               const struct fn_source *src); /* 0 or -ENOMEM */
void fn_bytes_finish(struct fn_bytes *b);
/* Makes at least one byte available at buf + pos; false at the end or on an error. */
bool fn_bytes_fill(struct fn_bytes *b);
int fn_bytes_next(struct fn_bytes *b);                       /* 0..255, -1 at the end */
size_t fn_bytes_read(struct fn_bytes *b, void *p, size_t n); /* short at the end */
void fn_bytes_skip(struct fn_bytes *b, uint64_t n);          /* may go past the end */
uint64_t fn_bytes_tell(const struct fn_bytes *b);

#endif
