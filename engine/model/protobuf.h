/* SPDX-License-Identifier: MIT */
/* A bounded reader of protobuf messages (the wire format of
 * protobuf.dev/programming-guides/encoding): walks the fields of one message; nested messages
 * are spans of the same bytes. No allocation, no recursion. */
#ifndef FN_ENGINE_MODEL_PROTOBUF_H
#define FN_ENGINE_MODEL_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/endian.h"

enum fn_pb_wire { FN_PB_VARINT = 0, FN_PB_I64 = 1, FN_PB_LEN = 2, FN_PB_I32 = 5 };

struct fn_pb {
    const uint8_t *p, *end;
};

struct fn_pb_field {
    uint32_t number;
    enum fn_pb_wire wire;
    uint64_t v;       /* VARINT, I64, I32 */
    struct fn_pb sub; /* LEN: the payload */
};

static inline struct fn_pb fn_pb_open(const uint8_t *p, size_t n)
{
    return (struct fn_pb){p, p + n};
}

static inline size_t fn_pb_size(const struct fn_pb *b)
{
    return (size_t)(b->end - b->p);
}

/* False at a varint that runs over the end or over 64 bits. */
static inline bool fn_pb_varint(struct fn_pb *b, uint64_t *ret)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && b->p < b->end; shift += 7) {
        uint8_t c = *b->p++;
        v |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80)) {
            *ret = v;
            return true;
        }
    }
    return false;
}

/* 1: a field; 0: the end; -1: broken bytes (also the long-dead groups). */
int fn_pb_next(struct fn_pb *b, struct fn_pb_field *f);

static inline bool fn_pb_is(const struct fn_pb_field *f, uint32_t number, enum fn_pb_wire wire)
{
    return f->number == number && f->wire == wire;
}

#endif
