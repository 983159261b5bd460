/* SPDX-License-Identifier: MIT */
/* Writing fields of protobuf messages. */
#include "engine/model/protobuf_write.h"

#include <string.h>

#include "engine/base/endian.h"
#include "engine/model/protobuf.h"

enum { LENGTH_BYTES = 5 };

static void raw_varint(struct fn_buf *b, uint64_t v)
{
    uint8_t p[10];
    size_t n = 0;
    do {
        p[n++] = (uint8_t)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
        v >>= 7;
    } while (v);
    fn_buf_add(b, p, n);
}

static void tag(struct fn_buf *b, uint32_t field, enum fn_pb_wire wire)
{
    raw_varint(b, (uint64_t)field << 3 | (uint64_t)wire);
}

void fn_pbw_varint(struct fn_buf *b, uint32_t field, uint64_t v)
{
    tag(b, field, FN_PB_VARINT);
    raw_varint(b, v);
}

void fn_pbw_float(struct fn_buf *b, uint32_t field, float v)
{
    uint8_t p[4];
    uint32_t u;
    memcpy(&u, &v, sizeof u);
    fn_put_le32(p, u);
    tag(b, field, FN_PB_I32);
    fn_buf_add(b, p, sizeof p);
}

void fn_pbw_bytes(struct fn_buf *b, uint32_t field, const void *p, size_t n)
{
    tag(b, field, FN_PB_LEN);
    raw_varint(b, n);
    fn_buf_add(b, p, n);
}

void fn_pbw_text(struct fn_buf *b, uint32_t field, const char *s)
{
    fn_pbw_bytes(b, field, s, strlen(s));
}

size_t fn_pbw_begin(struct fn_buf *b, uint32_t field)
{
    static const uint8_t room[LENGTH_BYTES];
    tag(b, field, FN_PB_LEN);
    fn_buf_add(b, room, sizeof room);
    return b->len;
}

void fn_pbw_end(struct fn_buf *b, size_t begun)
{
    if (fn_buf_failed(b))
        return;
    size_t n = b->len - begun;
    if (n > UINT32_MAX) {
        b->failed = true;
        return;
    }
    uint8_t *p = (uint8_t *)b->data + begun - LENGTH_BYTES;
    for (int i = 0; i < LENGTH_BYTES; i++)
        p[i] = (uint8_t)((n >> 7 * i & 0x7f) | (i + 1 < LENGTH_BYTES ? 0x80 : 0));
}
