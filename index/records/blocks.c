/* SPDX-License-Identifier: MIT */
/* Codecs of the rows of vectors and features: tail values and sealed blocks.
 *
 * The value of a block is 64 pages minus LMDB's page header, so its rows are 64-byte aligned in
 * the map; the kernels read them there. The list of face ids after the rows is also the list of
 * live rows: 0 is a dead one, whose row is zeroed.
 */
#include <string.h>

#include "engine/base/endian.h"
#include "index/records/records.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#    error "vectors are read straight from the map, which is little-endian"
#endif

_Static_assert(FN_BLOCK_FACES_AT + FN_BLOCK_ROWS * 4u <= FN_BLOCK_BYTES,
               "a block fits its value");
_Static_assert(FN_BLOCK_FACES_AT % 64 == FN_BLOCK_HEAD % 64,
               "face ids are aligned like the rows");

void fn_tail_encode(const struct fn_tail *r, uint8_t out[FN_TAIL_BYTES])
{
    memset(out, 0, FN_TAIL_HEAD);
    out[0] = FN_RECORD_VERSION;
    fn_put_le16(out + 2, r->generation);
    fn_put_le32(out + 4, r->face);
    memcpy(out + FN_TAIL_HEAD, r->x, FN_Q14_BYTES);
}

int fn_tail_decode(struct fn_slice key, struct fn_slice v, struct fn_tail *ret)
{
    if (key.n != 4 || v.n != FN_TAIL_BYTES || v.p[0] != FN_RECORD_VERSION || v.p[1] ||
        fn_get_be32(key.p) == 0 || fn_get_le32(v.p + 4) == 0 || ((uintptr_t)v.p & 1))
        return FN_ECORRUPT;
    *ret = (struct fn_tail){.row = fn_get_be32(key.p),
                            .face = fn_get_le32(v.p + 4),
                            .generation = fn_generation_decode(v.p + 2),
                            .x = (const int16_t *)(const void *)(v.p + FN_TAIL_HEAD)};
    return 0;
}

/* Version 1 of the head ends before the generation. */
enum { FEAT_TAIL_VERSION = 2, FEAT_TAIL_HEAD_1 = 4 };

void fn_feat_tail_head(uint32_t width, uint16_t generation, uint8_t out[FN_FEAT_TAIL_HEAD])
{
    memset(out, 0, FN_FEAT_TAIL_HEAD);
    out[0] = FEAT_TAIL_VERSION;
    fn_put_le16(out + 2, (uint16_t)width);
    fn_put_le16(out + 4, generation);
}

int fn_feat_tail_decode(struct fn_slice v, struct fn_feat_tail *ret)
{
    if (v.n < FEAT_TAIL_HEAD_1 || v.p[1] ||
        (v.p[0] != FEAT_TAIL_VERSION && v.p[0] != FN_RECORD_VERSION))
        return FN_ECORRUPT;
    size_t head = v.p[0] == FEAT_TAIL_VERSION ? FN_FEAT_TAIL_HEAD : FEAT_TAIL_HEAD_1;
    uint32_t width = fn_get_le16(v.p + 2);
    if (width == 0 || width > FN_FEATURE_WIDTH_MAX || v.n != head + 2u * width)
        return FN_ECORRUPT;
    ret->width = width;
    ret->generation = head == FN_FEAT_TAIL_HEAD ? fn_generation_decode(v.p + 4) : 1;
    ret->values = v.p + head;
    return 0;
}

uint32_t fn_feature_block_rows(uint32_t width)
{
    uint32_t fit = (FN_BLOCK_BYTES - FN_BLOCK_HEAD) / (2 * width);
    if (fit > FN_BLOCK_ROWS)
        fit = FN_BLOCK_ROWS;
    while (FN_BLOCK_ROWS % fit)
        fit--;
    return fit;
}

static size_t payload_bytes(uint8_t kind, uint32_t width, uint32_t rows)
{
    return kind == FN_BLOCK_VECTORS ? (size_t)FN_BLOCK_ROWS * (FN_Q14_BYTES + 4u)
                                    : (size_t)rows * 2 * width;
}

int fn_block_decode(struct fn_slice key, struct fn_slice v, uint8_t kind, struct fn_block *ret)
{
    if (key.n != 4 || v.n != FN_BLOCK_BYTES || ((uintptr_t)v.p & 3) ||
        fn_get_le32(v.p) != FN_BLOCK_MAGIC || fn_get_le16(v.p + 4) != FN_RECORD_VERSION ||
        v.p[6] != kind)
        return FN_ECORRUPT;
    struct fn_block b = {
        .kind = kind,
        .generation = fn_generation_decode(v.p + 32),
        .width = fn_get_le32(v.p + 8),
        .first_row = fn_get_le32(v.p + 12),
        .rows = fn_get_le32(v.p + 16),
        .live = fn_get_le32(v.p + 20),
        .checksum = fn_get_le64(v.p + 24),
        .payload = v.p + FN_BLOCK_HEAD,
    };
    if (b.width == 0 || b.width > FN_FEATURE_WIDTH_MAX ||
        (kind == FN_BLOCK_VECTORS && b.width != FN_DIM))
        return FN_ECORRUPT;
    uint32_t want = kind == FN_BLOCK_VECTORS ? FN_BLOCK_ROWS : fn_feature_block_rows(b.width);
    uint64_t first = (uint64_t)fn_get_be32(key.p) * want;
    if (b.rows != want || b.live > b.rows || b.first_row != first)
        return FN_ECORRUPT;
    b.payload_n = payload_bytes(kind, b.width, b.rows);
    *ret = b;
    return 0;
}

int fn_block_check(const struct fn_block *b)
{
    return fn_hash64(b->payload, b->payload_n) == b->checksum ? 0 : FN_ECORRUPT;
}

void fn_block_seal(uint8_t *out, uint8_t kind, uint16_t generation, uint32_t width,
                   uint32_t first_row, uint32_t rows, uint32_t live)
{
    memset(out, 0, FN_BLOCK_HEAD);
    fn_put_le32(out, FN_BLOCK_MAGIC);
    fn_put_le16(out + 4, FN_RECORD_VERSION);
    out[6] = kind;
    fn_put_le32(out + 8, width);
    fn_put_le32(out + 12, first_row);
    fn_put_le32(out + 16, rows);
    fn_put_le32(out + 20, live);
    fn_put_le16(out + 32, generation);
    fn_put_le64(out + 24, fn_hash64(out + FN_BLOCK_HEAD, payload_bytes(kind, width, rows)));
}
