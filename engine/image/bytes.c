/* SPDX-License-Identifier: MIT */
/* Buffered sequential reading by pread; see bytes.h. */
#include "engine/image/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"

int fn_bytes_init(struct fn_bytes *b, const struct fn_source *src)
{
    memset(b, 0, sizeof *b);
    b->buf = malloc(FN_BYTES_BUFFER);
    if (!b->buf)
        return -ENOMEM;
    b->fd = src->fd;
    return 0;
}

void fn_bytes_finish(struct fn_bytes *b)
{
    free(b->buf);
    b->buf = NULL;
}

bool fn_bytes_fill(struct fn_bytes *b)
{
    if (b->pos < b->len)
        return true;
    if (b->error)
        return false;
    b->at += b->pos;
    b->pos = b->len = 0;
    if (b->at > INT64_MAX - FN_BYTES_BUFFER)
        return false;
    ssize_t n = fn_pread_all(b->fd, b->buf, FN_BYTES_BUFFER, b->at);
    if (n < 0)
        b->error = (int)n;
    if (n <= 0)
        return false;
    b->len = (size_t)n;
    return true;
}

int fn_bytes_next(struct fn_bytes *b)
{
    return fn_bytes_fill(b) ? b->buf[b->pos++] : -1;
}

size_t fn_bytes_read(struct fn_bytes *b, void *p, size_t n)
{
    size_t done = 0;

    while (done < n && fn_bytes_fill(b)) {
        size_t part = b->len - b->pos < n - done ? b->len - b->pos : n - done;

        memcpy((uint8_t *)p + done, b->buf + b->pos, part);
        b->pos += part;
        done += part;
    }
    return done;
}

void fn_bytes_skip(struct fn_bytes *b, uint64_t n)
{
    uint64_t here = b->at + b->pos;

    if (n <= b->len - b->pos) {
        b->pos += (size_t)n;
        return;
    }
    b->at = n > INT64_MAX - here ? INT64_MAX : here + n;
    b->pos = b->len = 0;
}

uint64_t fn_bytes_tell(const struct fn_bytes *b)
{
    return b->at + b->pos;
}
