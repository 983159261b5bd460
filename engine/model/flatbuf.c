/* SPDX-License-Identifier: MIT */
/* Bounded FlatBuffers access. */
#include "engine/model/flatbuf.h"

#include "engine/base/endian.h"

/* Is [at, at + n) inside? Marks the buffer when not. */
static bool inside(struct fn_fb *b, size_t at, size_t n)
{
    bool ok = at != 0 && at <= b->size && n <= b->size - at;
    b->bad |= !ok;
    return ok;
}

/* Follows the unsigned offset stored at a position. */
static size_t follow(struct fn_fb *b, size_t at)
{
    size_t to =
        at + fn_get_le32(b->data + at); /* at < size <= SIZE_MAX / 2 for anything in memory */
    return inside(b, to, 4) ? to : 0;
}

size_t fn_fb_root(struct fn_fb *b)
{
    if (b->size < 8) {
        b->bad = true;
        return 0;
    }
    return follow(b, 0);
}

size_t fn_fb_field(struct fn_fb *b, size_t table, unsigned index, size_t size)
{
    if (!table || !inside(b, table, 4))
        return 0;
    int64_t vt = (int64_t)table - (int32_t)fn_get_le32(b->data + table);
    if (vt < 4 || !inside(b, (size_t)vt, 4))
        return b->bad = true, (size_t)0;
    size_t bytes = fn_get_le16(b->data + vt), at = 4 + 2 * (size_t)index;
    if (!inside(b, (size_t)vt, bytes) || at + 2 > bytes)
        return 0;
    uint16_t offset = fn_get_le16(b->data + (size_t)vt + at);
    return offset && inside(b, table + offset, size) ? table + offset : 0;
}

uint8_t fn_fb_u8(struct fn_fb *b, size_t table, unsigned index, uint8_t absent)
{
    size_t at = fn_fb_field(b, table, index, 1);
    return at ? b->data[at] : absent;
}

int32_t fn_fb_i32(struct fn_fb *b, size_t table, unsigned index, int32_t absent)
{
    size_t at = fn_fb_field(b, table, index, 4);
    return at ? (int32_t)fn_get_le32(b->data + at) : absent;
}

float fn_fb_f32(struct fn_fb *b, size_t table, unsigned index, float absent)
{
    size_t at = fn_fb_field(b, table, index, 4);
    return at ? fn_get_lef(b->data + at) : absent;
}

size_t fn_fb_table(struct fn_fb *b, size_t table, unsigned index)
{
    size_t at = fn_fb_field(b, table, index, 4);
    return at ? follow(b, at) : 0;
}

struct fn_fb_vector fn_fb_vec(struct fn_fb *b, size_t table, unsigned index, size_t elem)
{
    struct fn_fb_vector v = {0, 0};
    size_t at = fn_fb_table(b, table, index);
    if (!at)
        return v;
    uint32_t n = fn_get_le32(b->data + at);
    if (n > b->size / elem || !inside(b, at + 4, n * elem)) {
        b->bad = true;
        return v;
    }
    v.at = at + 4;
    v.n = n;
    return v;
}

size_t fn_fb_vec_table(struct fn_fb *b, struct fn_fb_vector v, uint32_t i)
{
    return i < v.n ? follow(b, v.at + 4 * (size_t)i) : 0;
}

int32_t fn_fb_vec_i32(const struct fn_fb *b, struct fn_fb_vector v, uint32_t i)
{
    return i < v.n ? (int32_t)fn_get_le32(b->data + v.at + 4 * (size_t)i) : 0;
}
