/* SPDX-License-Identifier: MIT */
/* Any bytes as a frame, in both directions. What is accepted must yield the same bytes when it
 * is encoded and decoded again. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/work/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fn_face faces[FN_WIRE_FACES_MAX];
static float boxes[FN_WORK_BOXES_MAX][4], points[FN_WORK_BOXES_MAX][5][2];

static void expect(int ok)
{
    if (!ok)
        abort();
}

static const uint8_t *payload(const struct fn_buf *b)
{
    return (const uint8_t *)b->data + FN_WIRE_HEADER;
}

static void hello(const uint8_t *p, size_t n)
{
    struct fn_h128 id;
    uint32_t width;

    if (fn_wire_get_hello(p, n, &id, &width, NULL) == 0)
        expect(width <= FN_FEATURE_MAX);
}

static void request(const uint8_t *p, size_t n, struct fn_buf *out)
{
    struct fn_work_request q;
    bool has_out = false;

    if (fn_wire_get_request(p, n, boxes, points, &q, &has_out, NULL) < 0)
        return;
    expect(q.n_boxes <= FN_WORK_BOXES_MAX && isfinite(q.margin));
    expect((q.kind == FN_WORK_AGAIN) == (q.points != NULL));
    for (uint32_t i = 0; i < q.n_boxes; i++)
        expect(fn_wire_box_valid(q.boxes[i]) &&
               (!q.points || fn_wire_points_valid(q.points[i])));
    q.out_fd = has_out ? 1 : -1;
    fn_wire_put_request(out, &q);
    expect(!fn_buf_failed(out) && out->len == FN_WIRE_HEADER + n);
    expect(fn_wire_get_request(payload(out), n, boxes, points, &q, &has_out, NULL) == 0);
}

static void reply(const uint8_t *p, size_t n, struct fn_buf *out, struct fn_buf *again)
{
    struct fn_work_reply r;
    struct fn_error err = {0};

    if (fn_wire_get_reply(p, n, faces, &r, &err) < 0) {
        expect(err.code == FN_EWORKER && err.text[0] != 0);
        return;
    }
    for (uint32_t i = 0; i < r.photo.n_faces; i++) {
        const struct fn_face *f = &r.photo.faces[i];
        for (int k = 0; k < FN_DIM; k++)
            expect(isfinite(f->embedding[k]) && (!f->no_vector || f->embedding[k] == 0));
        for (int k = 0; k < FN_FEATURE_MAX; k++)
            expect(!f->no_vector || f->feature[k] == 0);
    }
    fn_wire_put_reply(out, &r);
    expect(!fn_buf_failed(out) && out->len == FN_WIRE_HEADER + n);
    expect(fn_wire_get_reply(payload(out), n, faces, &r, &err) == 0);
    fn_wire_put_reply(again, &r);
    expect(again->len == out->len && memcmp(again->data, out->data, out->len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fn_wire_header h;
    struct fn_buf out, again;

    if (size < FN_WIRE_HEADER || fn_wire_get_header(data, &h) < 0)
        return 0;
    fn_buf_init(&out, FN_WIRE_HEADER + FN_WIRE_MAX);
    fn_buf_init(&again, FN_WIRE_HEADER + FN_WIRE_MAX);
    if (h.type == FN_WIRE_HELLO)
        hello(data + FN_WIRE_HEADER, size - FN_WIRE_HEADER);
    else if (h.type == FN_WIRE_REQUEST)
        request(data + FN_WIRE_HEADER, size - FN_WIRE_HEADER, &out);
    else
        reply(data + FN_WIRE_HEADER, size - FN_WIRE_HEADER, &out, &again);
    fn_buf_finish(&out);
    fn_buf_finish(&again);
    return 0;
}
