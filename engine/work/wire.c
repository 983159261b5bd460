/* SPDX-License-Identifier: MIT */
/* Encoding and checking of frames; see wire.h. A worker parses hostile files and may be under
 * the control of an attacker, so all its data is checked, including texts, which end up on
 * terminals and in logs. */
#include "engine/work/wire.h"

#include <math.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "engine/base/utf8.h"

enum {
    MAGIC = 0x4b574e46,
    TEXT = 512,
};

/* 1800 to 9999: the range of EXIF. */
#define TAKEN_MIN (-5364662400ll)
#define TAKEN_MAX 253402300799ll
/* Landmarks of a face at an edge are outside the picture, but not far. */
#define POINT_MAX 100.f

void fn_wire_put_header(uint8_t out[FN_WIRE_HEADER], const struct fn_wire_header *h)
{
    memset(out, 0, FN_WIRE_HEADER);
    fn_put_le32(out, MAGIC);
    fn_put_le16(out + 4, (uint16_t)h->type);
    fn_put_le16(out + 6, FN_WIRE_VERSION);
    fn_put_le64(out + 8, h->id);
    fn_put_le32(out + 16, h->length);
}

int fn_wire_get_header(const uint8_t in[FN_WIRE_HEADER], struct fn_wire_header *ret)
{
    uint16_t type = fn_get_le16(in + 4);
    uint32_t length = fn_get_le32(in + 16);
    if (fn_get_le32(in) != MAGIC || fn_get_le16(in + 6) != FN_WIRE_VERSION ||
        type < FN_WIRE_HELLO || type > FN_WIRE_REPLY || length > FN_WIRE_MAX)
        return FN_EWORKER;
    *ret = (struct fn_wire_header){(enum fn_wire_type)type, fn_get_le64(in + 8), length};
    return 0;
}

/* ---- writing ---- */

static void put32(struct fn_buf *b, uint32_t v)
{
    uint8_t p[4];
    fn_put_le32(p, v);
    fn_buf_add(b, p, sizeof p);
}

static void put64(struct fn_buf *b, uint64_t v)
{
    uint8_t p[8];
    fn_put_le64(p, v);
    fn_buf_add(b, p, sizeof p);
}

static void put_floats(struct fn_buf *b, const float *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t p[4];
        fn_put_lef(p, v[i]);
        fn_buf_add(b, p, sizeof p);
    }
}

/* size bytes, NUL-filled and always terminated. */
static void put_text(struct fn_buf *b, const char *s, size_t size)
{
    size_t n = strnlen(s, size - 1);
    fn_buf_add(b, s, n);
    for (; n < size; n++)
        fn_buf_char(b, '\0');
}

static size_t begin(struct fn_buf *b)
{
    static const uint8_t zero[FN_WIRE_HEADER];
    fn_buf_add(b, zero, sizeof zero);
    return b->len;
}

static void end(struct fn_buf *b, size_t start, enum fn_wire_type type, uint64_t id)
{
    if (fn_buf_failed(b))
        return;
    struct fn_wire_header h = {type, id, (uint32_t)(b->len - start)};
    fn_wire_put_header((uint8_t *)b->data + start - FN_WIRE_HEADER, &h);
}

void fn_wire_put_hello(struct fn_buf *out, const struct fn_h128 *profile_id,
                       uint32_t feature_width)
{
    size_t start = begin(out);
    fn_buf_add(out, profile_id->b, sizeof profile_id->b);
    put32(out, feature_width);
    end(out, start, FN_WIRE_HELLO, 0);
}

static void put_cut(struct fn_buf *b, const struct fn_chip_cut *c)
{
    const float numbers[10] = {c->margin,  c->centre_share, c->move.a, c->move.b,  c->move.tx,
                               c->move.ty, c->face.a,       c->face.b, c->face.tx, c->face.ty};
    put32(b, c->width);
    put32(b, c->height);
    put32(b, c->has_face);
    put32(b, c->need_face);
    put_floats(b, numbers, 10);
}

void fn_wire_put_request(struct fn_buf *out, const struct fn_work_request *r)
{
    size_t start = begin(out);
    put32(out, (uint32_t)r->kind);
    put32(out, r->n_boxes);
    put32(out, r->px);
    put32(out, r->out_fd >= 0);
    put_floats(out, &r->margin, 1);
    if (r->kind == FN_WORK_CROP) {
        put32(out, r->whole);
        put32(out, r->finest);
    }
    if (r->kind == FN_WORK_CHIP)
        put_cut(out, &r->cut);
    for (uint32_t i = 0; i < r->n_boxes; i++)
        put_floats(out, r->boxes[i], 4);
    for (uint32_t i = 0; r->kind == FN_WORK_AGAIN && i < r->n_boxes; i++)
        put_floats(out, &r->points[i][0][0], 10);
    end(out, start, FN_WIRE_REQUEST, r->id);
}

static void put_info(struct fn_buf *b, const struct fn_image_info *i)
{
    put32(b, (uint32_t)i->format);
    put32(b, i->stored_width);
    put32(b, i->stored_height);
    put32(b, i->width);
    put32(b, i->height);
    put32(b, (uint32_t)i->exif.orientation);
    put64(b, (uint64_t)i->exif.taken_s);
    put32(b, (uint32_t)(int32_t)i->exif.zone_min);
    put32(b, i->exif.taken_precision | (i->exif.has_gps ? 256u : 0u));
    put32(b, (uint32_t)i->exif.lat_e7);
    put32(b, (uint32_t)i->exif.lon_e7);
    put_text(b, i->exif.camera, sizeof i->exif.camera);
}

static void put_face(struct fn_buf *b, const struct fn_face *f)
{
    const float scalars[6] = {f->score,     f->quality, f->eyes_px,
                              f->sharpness, f->yaw_deg, f->roll_deg};
    put_floats(b, f->box, 4);
    put_floats(b, scalars, 6);
    put_floats(b, &f->points[0][0], 10);
    put32(b, f->no_vector);
    put_floats(b, f->embedding, FN_DIM);
    for (size_t i = 0; i < FN_FEATURE_MAX; i++) {
        uint8_t p[2];
        fn_put_le16(p, f->feature[i]);
        fn_buf_add(b, p, sizeof p);
    }
}

void fn_wire_put_reply(struct fn_buf *out, const struct fn_work_reply *r)
{
    size_t start = begin(out);
    put32(out, (uint32_t)r->code);
    put_text(out, r->text, TEXT);
    fn_buf_add(out, r->pixel_key.b, sizeof r->pixel_key.b);
    put32(out, r->feature_width);
    put64(out, r->photo.ns.decode);
    put64(out, r->photo.ns.detect);
    put64(out, r->photo.ns.landmarks);
    put64(out, r->photo.ns.embed);
    put64(out, r->out_bytes);
    put64(out, r->cpu_ns);
    put64(out, r->peak_bytes);
    put32(out, r->photo.n_dropped);
    put32(out, r->photo.truncated);
    put32(out, r->photo.rotated);
    put_info(out, &r->photo.info);
    put32(out, r->photo.n_faces);
    for (uint32_t i = 0; i < r->photo.n_faces; i++)
        put_face(out, &r->photo.faces[i]);
    end(out, start, FN_WIRE_REPLY, r->id);
}

/* ---- reading ---- */

struct reader {
    const uint8_t *p, *end;
    bool bad; /* out of data, or an impossible value */
};

static const uint8_t *take(struct reader *r, size_t n)
{
    static const uint8_t zero[TEXT];
    if (r->bad || (size_t)(r->end - r->p) < n) {
        r->bad = true;
        return zero; /* n <= TEXT in every call */
    }
    const uint8_t *p = r->p;
    r->p += n;
    return p;
}

static uint32_t get32(struct reader *r)
{
    return fn_get_le32(take(r, 4));
}

static uint64_t get64(struct reader *r)
{
    return fn_get_le64(take(r, 8));
}

static float get_float(struct reader *r, float lo, float hi)
{
    float f = fn_get_lef(take(r, 4));
    if (!(f >= lo && f <= hi)) {
        r->bad = true;
        return 0;
    }
    return f;
}

static void get_text(struct reader *r, char *out, size_t size)
{
    memcpy(out, take(r, size), size);
    if (out[size - 1] != '\0')
        r->bad = true;
    out[size - 1] = '\0';
    size_t n = strlen(out);
    bool utf8 = fn_utf8_valid(out, n);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)out[i];
        if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
            out[i] = '?';
    }
    memset(out + n, 0, size - n);
}

static int finish(const struct reader *r, const char *what, struct fn_error *err)
{
    if (r->bad || r->p != r->end)
        return fn_error_set(err, FN_EWORKER, "a %s frame that makes no sense", what);
    return 0;
}

int fn_wire_get_hello(const uint8_t *p, size_t n, struct fn_h128 *ret_id, uint32_t *ret_width,
                      struct fn_error *err)
{
    struct reader r = {p, p + n, false};
    struct fn_h128 id;
    memcpy(id.b, take(&r, sizeof id.b), sizeof id.b);
    uint32_t width = get32(&r);
    r.bad |= width > FN_FEATURE_MAX;
    int code = finish(&r, "hello", err);
    if (code)
        return code;
    *ret_id = id;
    *ret_width = width;
    return 0;
}

bool fn_wire_box_valid(const float box[4])
{
    const float slack = 1e-4f;
    for (int i = 0; i < 4; i++)
        if (!(box[i] >= 0.f && box[i] <= 1.f))
            return false;
    return box[0] + box[2] <= 1.f + slack && box[1] + box[3] <= 1.f + slack;
}

bool fn_wire_points_valid(const float (*points)[2])
{
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 2; k++)
            if (!(points[i][k] >= -POINT_MAX && points[i][k] <= POINT_MAX))
                return false;
    return true;
}

static void get_box(struct reader *r, float box[4])
{
    for (int i = 0; i < 4; i++)
        box[i] = fn_get_lef(take(r, 4));
    if (r->bad || !fn_wire_box_valid(box)) {
        r->bad = true;
        memset(box, 0, 4 * sizeof *box);
    }
}

static void get_points(struct reader *r, float points[5][2])
{
    for (int i = 0; i < 10; i++)
        points[i / 2][i % 2] = get_float(r, -POINT_MAX, POINT_MAX);
}

static struct fn_similarity get_similarity(struct reader *r, float most)
{
    struct fn_similarity s;
    s.a = get_float(r, -most, most);
    s.b = get_float(r, -most, most);
    s.tx = get_float(r, -most, most);
    s.ty = get_float(r, -most, most);
    return s;
}

static void get_cut(struct reader *r, struct fn_chip_cut *c)
{
    c->width = get32(r);
    c->height = get32(r);
    uint32_t has_face = get32(r), need_face = get32(r);
    c->has_face = has_face;
    c->need_face = need_face;
    c->margin = get_float(r, 0.f, 8.f);
    c->centre_share = get_float(r, 0.f, 1.f);
    c->move = get_similarity(r, 1e3f);
    c->face = get_similarity(r, 1e9f);
    r->bad |= has_face > 1 || need_face > 1 || !c->width || c->width > FN_CHIP_SIDE_MAX ||
              !c->height || c->height > FN_CHIP_SIDE_MAX || !(c->margin > 0);
}

int fn_wire_get_request(const uint8_t *p, size_t n, float (*boxes)[4], float (*points)[5][2],
                        struct fn_work_request *ret, bool *ret_has_out, struct fn_error *err)
{
    struct reader r = {p, p + n, false};
    struct fn_work_request q = {.fd = -1, .out_fd = -1};
    uint32_t kind = get32(&r);
    r.bad |= kind < FN_WORK_INDEX || kind > FN_WORK_AGAIN;
    q.kind = r.bad ? FN_WORK_INDEX : (enum fn_work_kind)kind;
    q.n_boxes = get32(&r);
    q.px = get32(&r);
    uint32_t has_out = get32(&r);
    q.margin = get_float(&r, 0.f, 10.f);
    r.bad |= q.n_boxes > FN_WORK_BOXES_MAX || has_out > 1;
    if (!r.bad && q.kind == FN_WORK_CROP) {
        q.whole = get32(&r);
        q.finest = get32(&r);
    }
    r.bad |= q.whole > FN_WORK_WHOLE_MAX;
    if (!r.bad && q.kind == FN_WORK_CHIP)
        get_cut(&r, &q.cut);
    for (uint32_t i = 0; !r.bad && i < q.n_boxes; i++)
        get_box(&r, boxes[i]);
    for (uint32_t i = 0; !r.bad && q.kind == FN_WORK_AGAIN && i < q.n_boxes; i++)
        get_points(&r, points[i]);
    int code = finish(&r, "request", err);
    if (code)
        return code;
    q.boxes = (const float(*)[4])boxes;
    q.points = q.kind == FN_WORK_AGAIN ? (const float(*)[5][2])points : NULL;
    *ret = q;
    *ret_has_out = has_out;
    return 0;
}

static void get_info(struct reader *r, struct fn_image_info *i)
{
    uint32_t format = get32(r);
    r->bad |= format > FN_FORMAT_WEBP;
    i->format = r->bad ? FN_FORMAT_UNKNOWN : (enum fn_format)format;
    i->stored_width = get32(r);
    i->stored_height = get32(r);
    i->width = get32(r);
    i->height = get32(r);
    i->exif.orientation = (int)get32(r);
    i->exif.taken_s = (int64_t)get64(r);
    i->exif.zone_min = (int16_t)(int32_t)get32(r);
    uint32_t bits = get32(r);
    i->exif.taken_precision = (uint8_t)(bits & 255);
    i->exif.has_gps = bits & 256;
    i->exif.lat_e7 = (int32_t)get32(r);
    i->exif.lon_e7 = (int32_t)get32(r);
    get_text(r, i->exif.camera, sizeof i->exif.camera);
    r->bad |= i->exif.orientation < 0 || i->exif.orientation > 8 ||
              i->exif.taken_precision > FN_TIME_DAY || bits > 511;
    r->bad |= i->exif.taken_s < TAKEN_MIN || i->exif.taken_s > TAKEN_MAX;
    r->bad |= i->exif.zone_min != FN_ZONE_UNKNOWN &&
              (i->exif.zone_min < -16 * 60 || i->exif.zone_min > 16 * 60);
    r->bad |= i->exif.lat_e7 < -900000000 || i->exif.lat_e7 > 900000000 ||
              i->exif.lon_e7 < -1800000000 || i->exif.lon_e7 > 1800000000;
}

static void get_face(struct reader *r, struct fn_face *f)
{
    get_box(r, f->box);
    f->score = get_float(r, 0.f, 1.f);
    f->quality = get_float(r, 0.f, 1.f);
    f->eyes_px = get_float(r, 0.f, 1e6f);
    f->sharpness = get_float(r, 0.f, 1.f);
    f->yaw_deg = get_float(r, -180.f, 180.f);
    f->roll_deg = get_float(r, -360.f, 360.f);
    get_points(r, f->points);
    uint32_t no_vector = get32(r);
    f->no_vector = no_vector;
    r->bad |= no_vector > 1;
    double norm = 0;
    for (int i = 0; i < FN_DIM; i++) {
        f->embedding[i] = get_float(r, -1.01f, 1.01f);
        norm += (double)f->embedding[i] * (double)f->embedding[i];
    }
    if (no_vector ? norm > 0 : !(fabs(norm - 1) < 1e-3))
        r->bad = true;
    for (int i = 0; i < FN_FEATURE_MAX; i++) {
        f->feature[i] = fn_get_le16(take(r, 2));
        r->bad |= (f->feature[i] & 0x7c00) == 0x7c00; /* infinite, or not a number */
        r->bad |= no_vector && f->feature[i];
    }
}

int fn_wire_get_reply(const uint8_t *p, size_t n, struct fn_face *faces,
                      struct fn_work_reply *ret, struct fn_error *err)
{
    struct reader r = {p, p + n, false};
    struct fn_work_reply q = {0};
    q.code = (int)get32(&r);
    get_text(&r, q.text, TEXT);
    memcpy(q.pixel_key.b, take(&r, sizeof q.pixel_key.b), sizeof q.pixel_key.b);
    q.feature_width = get32(&r);
    q.photo.ns.decode = get64(&r);
    q.photo.ns.detect = get64(&r);
    q.photo.ns.landmarks = get64(&r);
    q.photo.ns.embed = get64(&r);
    q.out_bytes = get64(&r);
    q.cpu_ns = get64(&r);
    q.peak_bytes = get64(&r);
    q.photo.n_dropped = get32(&r);
    uint32_t truncated = get32(&r), rotated = get32(&r);
    q.photo.truncated = truncated == 1;
    q.photo.rotated = (uint16_t)rotated;
    get_info(&r, &q.photo.info);
    q.photo.n_faces = get32(&r);
    r.bad |= q.code > 0 || truncated > 1 || rotated >= 360 ||
             q.feature_width > FN_FEATURE_MAX || q.photo.n_faces > FN_WIRE_FACES_MAX ||
             (q.code != 0 && q.photo.n_faces != 0) ||
             (q.code == 0 && (q.photo.info.width == 0 || q.photo.info.height == 0));
    for (uint32_t i = 0; !r.bad && i < q.photo.n_faces; i++)
        get_face(&r, &faces[i]);
    int code = finish(&r, "reply", err);
    if (code)
        return code;
    q.photo.faces = faces;
    *ret = q;
    return 0;
}
