/* SPDX-License-Identifier: MIT */
/* The wire between a worker and its client: frames of fixed layout, little-endian.
 *
 *   frame    magic u32 "FNWK", type u16, version u16, id u64, length u32, zero u32, payload
 *   HELLO    profile id 16, feature_width u32
 *   REQUEST  kind u32, n_boxes u32, px u32, has_out u32, margin f32;
 *            for a crop: whole u32, finest u32;
 *            for a chip its cut: width u32, height u32, has_face u32, need_face u32,
 *            margin f32, centre_share f32, move and face 4 x f32 each;
 *            boxes 4 x f32 each; for faces that are known: points 10 x f32 each
 *   REPLY    see wire.c
 *
 * Neither end trusts the other. Lengths are checked against the type, and counts against their
 * limits. Floats must be finite, boxes inside the picture, embeddings of length one (or zero
 * where a face says that it has no vector), and texts terminated. */
#ifndef FN_ENGINE_WORK_WIRE_H
#define FN_ENGINE_WORK_WIRE_H

#include "engine/base/buf.h"
#include "engine/work/work.h"

enum fn_wire_type { FN_WIRE_HELLO = 1, FN_WIRE_REQUEST = 2, FN_WIRE_REPLY = 3 };
enum {
    FN_WIRE_HEADER = 24,
    FN_WIRE_FACES_MAX = FN_WORK_BOXES_MAX,
    FN_WIRE_MAX = 1 << 20,
    FN_WIRE_VERSION = 5
};

struct fn_wire_header {
    enum fn_wire_type type;
    uint64_t id;
    uint32_t length;
};
void fn_wire_put_header(uint8_t out[FN_WIRE_HEADER], const struct fn_wire_header *h);
/* FN_EWORKER if it is not a frame of this protocol. */
FN_NODISCARD int fn_wire_get_header(const uint8_t in[FN_WIRE_HEADER],
                                    struct fn_wire_header *ret);

/* Complete frames, appended to out. */
void fn_wire_put_hello(struct fn_buf *out, const struct fn_h128 *profile_id,
                       uint32_t feature_width);
void fn_wire_put_request(struct fn_buf *out, const struct fn_work_request *r);
void fn_wire_put_reply(struct fn_buf *out, const struct fn_work_reply *r);

/* Whether these numbers would be accepted in a request. */
bool fn_wire_box_valid(const float box[4]);
bool fn_wire_points_valid(const float (*points)[2]);

/* Payloads. The caller provides the arrays of the result: boxes and points of
 * FN_WORK_BOXES_MAX, faces of FN_WIRE_FACES_MAX. FN_EWORKER with what was wrong. */
FN_NODISCARD int fn_wire_get_hello(const uint8_t *p, size_t n, struct fn_h128 *ret_id,
                                   uint32_t *ret_width, struct fn_error *err);
FN_NODISCARD int fn_wire_get_request(const uint8_t *p, size_t n, float (*boxes)[4],
                                     float (*points)[5][2], struct fn_work_request *ret,
                                     bool *ret_has_out, struct fn_error *err);
FN_NODISCARD int fn_wire_get_reply(const uint8_t *p, size_t n, struct fn_face *faces,
                                   struct fn_work_reply *ret, struct fn_error *err);

#endif
