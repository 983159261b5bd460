/* SPDX-License-Identifier: MIT */
/* A bounded reader of FlatBuffers (flatbuffers.dev/internals): tables, vectors and strings of a
 * byte span. Every offset is checked against the span; nothing is assumed to be aligned. Offset
 * 0 means "absent" throughout, which is safe because position 0 holds the root offset. */
#ifndef FN_ENGINE_MODEL_FLATBUF_H
#define FN_ENGINE_MODEL_FLATBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fn_fb {
    const uint8_t *data;
    size_t size;
    bool bad; /* an offset pointed outside: the file is damaged; once set, it stays set */
};

/* A vector: position of its first element, and their number. */
struct fn_fb_vector {
    size_t at;
    uint32_t n;
};

/* Position of the root table, 0 when the file is too short. */
size_t fn_fb_root(struct fn_fb *b);
/* Position of a table's field, 0 when absent; size: bytes that must be there. */
size_t fn_fb_field(struct fn_fb *b, size_t table, unsigned index, size_t size);
/* Scalars with FlatBuffers' default 0. */
uint8_t fn_fb_u8(struct fn_fb *b, size_t table, unsigned index, uint8_t absent);
int32_t fn_fb_i32(struct fn_fb *b, size_t table, unsigned index, int32_t absent);
float fn_fb_f32(struct fn_fb *b, size_t table, unsigned index, float absent);
/* Position of the table a field points to, 0 when absent. */
size_t fn_fb_table(struct fn_fb *b, size_t table, unsigned index);
/* A vector field whose elements have elem bytes; n = 0 when absent. Strings are vectors of
 * bytes. */
struct fn_fb_vector fn_fb_vec(struct fn_fb *b, size_t table, unsigned index, size_t elem);
/* Element i of a vector of tables, or of int32. */
size_t fn_fb_vec_table(struct fn_fb *b, struct fn_fb_vector v, uint32_t i);
int32_t fn_fb_vec_i32(const struct fn_fb *b, struct fn_fb_vector v, uint32_t i);

#endif
