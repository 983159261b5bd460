/* SPDX-License-Identifier: MIT */
/* Fields of a protobuf message. */
#include "engine/model/protobuf.h"

static bool fixed(struct fn_pb *b, size_t n, uint64_t *ret)
{
    if (fn_pb_size(b) < n)
        return false;
    *ret = n == 8 ? fn_get_le64(b->p) : fn_get_le32(b->p);
    b->p += n;
    return true;
}

int fn_pb_next(struct fn_pb *b, struct fn_pb_field *f)
{
    uint64_t tag, n;
    if (b->p == b->end)
        return 0;
    if (!fn_pb_varint(b, &tag) || tag >> 3 == 0 || tag >> 3 > UINT32_MAX)
        return -1;
    *f = (struct fn_pb_field){.number = (uint32_t)(tag >> 3),
                              .wire = (enum fn_pb_wire)(tag & 7)};
    switch (tag & 7) {
    case FN_PB_VARINT:
        return fn_pb_varint(b, &f->v) ? 1 : -1;
    case FN_PB_I64:
        return fixed(b, 8, &f->v) ? 1 : -1;
    case FN_PB_I32:
        return fixed(b, 4, &f->v) ? 1 : -1;
    case FN_PB_LEN:
        if (!fn_pb_varint(b, &n) || n > fn_pb_size(b))
            return -1;
        f->sub = fn_pb_open(b->p, (size_t)n);
        b->p += n;
        return 1;
    default:
        return -1;
    }
}
