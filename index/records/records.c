/* SPDX-License-Identifier: MIT */
/* Codecs of the small records. */
#include "index/records/records.h"

#include <string.h>

#include "engine/base/endian.h"

const uint8_t fn_mark[FN_MARK_BYTES] = {FN_RECORD_VERSION, 0};

uint16_t fn_generation_decode(const uint8_t p[2])
{
    uint16_t g = fn_get_le16(p);
    return g ? g : 1;
}

static bool version_ok(struct fn_slice v, size_t least)
{
    return v.n >= least && v.p[0] == FN_RECORD_VERSION;
}

bool fn_path_storable(const char *p, size_t n)
{
    return n > 0 && n < 4096 && !memchr(p, 0, n);
}

/* A text of n bytes into a C string of the struct. */
static bool take_text(char *out, size_t size, const uint8_t *p, size_t n)
{
    if (n >= size || memchr(p, 0, n))
        return false;
    memcpy(out, p, n);
    out[n] = 0;
    return true;
}

void fn_ref_encode(uint32_t id, uint8_t out[FN_REF_BYTES])
{
    memset(out, 0, FN_REF_BYTES);
    out[0] = FN_RECORD_VERSION;
    fn_put_le32(out + 4, id);
}

int fn_ref_decode(struct fn_slice v, uint32_t *ret)
{
    if (!version_ok(v, FN_REF_BYTES) || v.n != FN_REF_BYTES || fn_get_le32(v.p + 4) == 0)
        return FN_ECORRUPT;
    *ret = fn_get_le32(v.p + 4);
    return 0;
}

/* The model record is inside a meta value, which has the version. */
static uint64_t double_bits(double d)
{
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    return u;
}

static double bits_double(uint64_t u)
{
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}

void fn_index_model_encode(const struct fn_index_model *m, uint8_t out[FN_MODEL_BYTES])
{
    memset(out, 0, FN_MODEL_BYTES);
    memcpy(out, m->profile_id.b, 16);
    memcpy(out + 16, m->profile, strnlen(m->profile, 63));
    fn_put_le32(out + 80, m->feature_width);
    fn_put_le32(out + 96, m->pair_d);
    out[100] = m->min_quality;
    fn_put_le16(out + 102, m->generation);
    fn_put_le64(out + 104, double_bits(m->logistic_a));
    fn_put_le64(out + 112, double_bits(m->logistic_b));
}

int fn_index_model_decode(struct fn_slice v, struct fn_index_model *ret)
{
    if (v.n != FN_MODEL_BYTES || v.p[79] != 0)
        return FN_ECORRUPT;
    struct fn_index_model m = {
        .feature_width = fn_get_le32(v.p + 80),
        .pair_d = fn_get_le32(v.p + 96),
        .min_quality = v.p[100],
        .generation = fn_generation_decode(v.p + 102),
        .logistic_a = bits_double(fn_get_le64(v.p + 104)),
        .logistic_b = bits_double(fn_get_le64(v.p + 112)),
    };
    if (m.feature_width == 0 || m.feature_width > FN_FEATURE_WIDTH_MAX)
        return FN_ECORRUPT;
    memcpy(m.profile_id.b, v.p, 16);
    memcpy(m.profile, v.p + 16, 64);
    *ret = m;
    return 0;
}

enum photo_flags {
    PHOTO_GPS = 1u << 0,
    PHOTO_TRUNCATED = 1u << 1,
    PHOTO_WAS_BAD = 1u << 2,
    PHOTO_FLAGS = 7
};

size_t fn_photo_encode(const struct fn_photo *p, uint8_t out[FN_PHOTO_BYTES])
{
    size_t camera = strnlen(p->camera, FN_CAMERA_MAX - 1);
    size_t reason = strnlen(p->reason, FN_REASON_MAX - 1);
    memset(out, 0, FN_PHOTO_HEAD);
    out[0] = FN_RECORD_VERSION;
    out[1] = (uint8_t)((p->has_gps ? PHOTO_GPS : 0) | (p->truncated ? PHOTO_TRUNCATED : 0) |
                       (p->was_bad ? PHOTO_WAS_BAD : 0));
    out[2] = p->state;
    out[3] = p->orientation;
    out[4] = p->taken_precision;
    fn_put_le16(out + 6, p->n_faces);
    fn_put_le16(out + 8, p->n_dropped);
    fn_put_le16(out + 10, p->rotated);
    fn_put_le32(out + 12, p->width);
    fn_put_le32(out + 16, p->height);
    fn_put_le16(out + 20, (uint16_t)p->zone_min);
    out[22] = (uint8_t)camera;
    out[23] = (uint8_t)reason;
    fn_put_le64(out + 24, p->size);
    fn_put_le64(out + 32, (uint64_t)p->taken_s);
    fn_put_le32(out + 40, (uint32_t)p->lat_e7);
    fn_put_le32(out + 44, (uint32_t)p->lon_e7);
    fn_put_le64(out + 48, (uint64_t)p->seen_s);
    fn_put_le64(out + 56, (uint64_t)p->gone_s);
    memcpy(out + 64, p->hash.b, 16);
    memcpy(out + 80, p->pixel_key.b, 16);
    memcpy(out + FN_PHOTO_HEAD, p->camera, camera);
    memcpy(out + FN_PHOTO_HEAD + camera, p->reason, reason);
    return FN_PHOTO_HEAD + camera + reason;
}

int fn_photo_decode(struct fn_slice key, struct fn_slice v, struct fn_photo *ret)
{
    if (key.n != 4 || !version_ok(v, FN_PHOTO_HEAD) || (v.p[1] & ~(unsigned)PHOTO_FLAGS) ||
        v.p[2] > FN_PHOTO_GONE || v.n != (size_t)FN_PHOTO_HEAD + v.p[22] + v.p[23])
        return FN_ECORRUPT;
    const uint8_t *b = v.p;
    struct fn_photo p = {
        .id = fn_get_be32(key.p),
        .state = b[2],
        .orientation = b[3],
        .taken_precision = b[4],
        .has_gps = (b[1] & PHOTO_GPS) != 0,
        .truncated = (b[1] & PHOTO_TRUNCATED) != 0,
        .was_bad = (b[1] & PHOTO_WAS_BAD) != 0,
        .n_faces = fn_get_le16(b + 6),
        .n_dropped = fn_get_le16(b + 8),
        .rotated = fn_get_le16(b + 10),
        .width = fn_get_le32(b + 12),
        .height = fn_get_le32(b + 16),
        .zone_min = (int16_t)fn_get_le16(b + 20),
        .size = fn_get_le64(b + 24),
        .taken_s = (int64_t)fn_get_le64(b + 32),
        .lat_e7 = (int32_t)fn_get_le32(b + 40),
        .lon_e7 = (int32_t)fn_get_le32(b + 44),
        .seen_s = (int64_t)fn_get_le64(b + 48),
        .gone_s = (int64_t)fn_get_le64(b + 56),
    };
    memcpy(p.hash.b, b + 64, 16);
    memcpy(p.pixel_key.b, b + 80, 16);
    if (p.id == 0 || !take_text(p.camera, sizeof p.camera, b + FN_PHOTO_HEAD, b[22]) ||
        !take_text(p.reason, sizeof p.reason, b + FN_PHOTO_HEAD + b[22], b[23]))
        return FN_ECORRUPT;
    *ret = p;
    return 0;
}

size_t fn_root_encode(const struct fn_root *r, uint8_t *out)
{
    size_t reason = strnlen(r->reason, sizeof r->reason - 1);
    size_t path = strnlen(r->path, sizeof r->path - 1);
    memset(out, 0, FN_ROOT_HEAD);
    out[0] = FN_RECORD_VERSION;
    out[1] = r->removed ? 1 : 0;
    out[2] = r->state;
    out[3] = r->mode;
    fn_put_le16(out + 4, (uint16_t)reason);
    fn_put_le16(out + 6, (uint16_t)path);
    fn_put_le64(out + 8, (uint64_t)r->state_since_s);
    fn_put_le64(out + 16, (uint64_t)r->last_scan_s);
    fn_put_le64(out + 24, r->fsid);
    fn_put_le64(out + 32, r->inode);
    fn_put_le64(out + 40, r->n_other);
    memcpy(out + FN_ROOT_HEAD, r->reason, reason);
    memcpy(out + FN_ROOT_HEAD + reason, r->path, path);
    return FN_ROOT_HEAD + reason + path;
}

int fn_root_decode(struct fn_slice key, struct fn_slice v, struct fn_root *ret)
{
    if (key.n != 2 || !version_ok(v, FN_ROOT_HEAD) || v.p[1] > 1 || v.p[2] > FN_ROOT_HELD)
        return FN_ECORRUPT;
    const uint8_t *b = v.p;
    size_t reason = fn_get_le16(b + 4), path = fn_get_le16(b + 6);
    if (v.n != FN_ROOT_HEAD + reason + path || fn_get_be16(key.p) == 0 || path == 0 ||
        reason >= sizeof ret->reason || path >= sizeof ret->path ||
        memchr(b + FN_ROOT_HEAD, 0, reason + path))
        return FN_ECORRUPT;
    memset(ret, 0, sizeof *ret);
    ret->id = fn_get_be16(key.p);
    ret->removed = b[1] != 0;
    ret->state = b[2];
    ret->mode = b[3];
    ret->state_since_s = (int64_t)fn_get_le64(b + 8);
    ret->last_scan_s = (int64_t)fn_get_le64(b + 16);
    ret->fsid = fn_get_le64(b + 24);
    ret->inode = fn_get_le64(b + 32);
    ret->n_other = fn_get_le64(b + 40);
    memcpy(ret->reason, b + FN_ROOT_HEAD, reason);
    memcpy(ret->path, b + FN_ROOT_HEAD + reason, path);
    return 0;
}

void fn_path_key(fn_root_id root, uint64_t hash, uint8_t n, uint8_t out[FN_PATH_KEY])
{
    fn_put_be16(out, root);
    fn_put_be64(out + 2, hash);
    out[10] = n;
}

enum path_flags { PATH_HAS_CTIME = 1u << 0 };

size_t fn_path_encode(const struct fn_path *p, uint8_t *out)
{
    size_t n = strnlen(p->path, sizeof p->path - 1);
    memset(out, 0, FN_PATH_HEAD);
    out[0] = FN_RECORD_VERSION;
    fn_put_le16(out + 2, (uint16_t)n);
    fn_put_le32(out + 4, p->photo);
    fn_put_le64(out + 8, (uint64_t)p->mtime_ns);
    fn_put_le64(out + 16, p->size);
    fn_put_le64(out + 24, p->inode);
    memcpy(out + FN_PATH_HEAD, p->path, n);
    if (!p->ctime_ns)
        return FN_PATH_HEAD + n;
    out[1] = PATH_HAS_CTIME;
    fn_put_le64(out + FN_PATH_HEAD + n, (uint64_t)p->ctime_ns);
    return FN_PATH_HEAD + n + FN_PATH_CTIME;
}

int fn_path_decode(struct fn_slice key, struct fn_slice v, struct fn_path *ret)
{
    if (key.n != FN_PATH_KEY || !version_ok(v, FN_PATH_HEAD) ||
        (v.p[1] & ~(unsigned)PATH_HAS_CTIME))
        return FN_ECORRUPT;
    const uint8_t *b = v.p;
    size_t n = fn_get_le16(b + 2), rest = b[1] ? FN_PATH_CTIME : 0;
    const char *text = (const char *)b + FN_PATH_HEAD;
    if (v.n != FN_PATH_HEAD + n + rest || fn_get_be16(key.p) == 0 || fn_get_le32(b + 4) == 0 ||
        !fn_path_storable(text, n) || fn_hash64(text, n) != fn_get_be64(key.p + 2))
        return FN_ECORRUPT;
    ret->root = fn_get_be16(key.p);
    ret->photo = fn_get_le32(b + 4);
    ret->mtime_ns = (int64_t)fn_get_le64(b + 8);
    ret->size = fn_get_le64(b + 16);
    ret->inode = fn_get_le64(b + 24);
    ret->ctime_ns = rest ? (int64_t)fn_get_le64(b + FN_PATH_HEAD + n) : 0;
    memcpy(ret->path, text, n);
    ret->path[n] = 0;
    return 0;
}

#define FACE_FLAGS (FN_FACE_NOTFACE | FN_FACE_POOR | FN_FACE_GONE | FN_FACE_DRAWN)

void fn_face_encode(const struct fn_face_rec *f, uint8_t out[FN_FACE_BYTES])
{
    memset(out, 0, FN_FACE_BYTES);
    out[0] = FN_RECORD_VERSION;
    out[1] = f->flags;
    out[2] = f->quality;
    out[3] = f->score;
    fn_put_le32(out + 4, f->photo);
    for (int i = 0; i < 4; i++)
        fn_put_le16(out + 8 + 2 * i, f->box[i]);
    for (int i = 0; i < 10; i++)
        fn_put_le16(out + 16 + 2 * i, f->points[i / 2][i % 2]);
    out[36] = (uint8_t)f->yaw_deg;
    out[37] = (uint8_t)f->roll_deg;
    out[38] = f->sharpness;
    fn_put_le16(out + 40, f->eyes_px);
    fn_put_le16(out + 42, f->generation);
    fn_put_le32(out + 44, f->row);
    fn_put_le64(out + 48, f->ckey);
}

int fn_face_decode(struct fn_slice key, struct fn_slice v, struct fn_face_rec *ret)
{
    if (key.n != 4 || v.n != FN_FACE_BYTES || v.p[0] != FN_RECORD_VERSION ||
        (v.p[1] & ~(unsigned)FACE_FLAGS))
        return FN_ECORRUPT;
    const uint8_t *b = v.p;
    struct fn_face_rec f = {
        .id = fn_get_be32(key.p),
        .photo = fn_get_le32(b + 4),
        .row = fn_get_le32(b + 44),
        .flags = b[1],
        .quality = b[2],
        .score = b[3],
        .sharpness = b[38],
        .yaw_deg = (int8_t)b[36],
        .roll_deg = (int8_t)b[37],
        .eyes_px = fn_get_le16(b + 40),
        .generation = fn_generation_decode(b + 42),
        .ckey = fn_get_le64(b + 48),
    };
    for (int i = 0; i < 4; i++)
        f.box[i] = fn_get_le16(b + 8 + 2 * i);
    for (int i = 0; i < 10; i++)
        f.points[i / 2][i % 2] = fn_get_le16(b + 16 + 2 * i);
    if (f.id == 0 || f.photo == 0 || f.row == 0)
        return FN_ECORRUPT;
    *ret = f;
    return 0;
}

void fn_queue_key(uint8_t prio, uint64_t seq, uint8_t out[FN_QUEUE_KEY])
{
    out[0] = prio;
    fn_put_be64(out + 1, seq);
}

size_t fn_queue_encode(const struct fn_queue_entry *e, uint8_t *out)
{
    size_t n = strnlen(e->path, sizeof e->path - 1);
    memset(out, 0, FN_QUEUE_HEAD);
    out[0] = FN_RECORD_VERSION;
    out[2] = e->tries;
    fn_put_le16(out + 4, e->root);
    fn_put_le16(out + 6, (uint16_t)n);
    fn_put_le64(out + 8, (uint64_t)e->not_before_s);
    fn_put_le64(out + 16, (uint64_t)e->mtime_ns);
    fn_put_le64(out + 24, e->size);
    fn_put_le64(out + 32, e->inode);
    memcpy(out + FN_QUEUE_HEAD, e->path, n);
    return FN_QUEUE_HEAD + n;
}

int fn_queue_decode(struct fn_slice key, struct fn_slice v, struct fn_queue_entry *ret)
{
    if (key.n != FN_QUEUE_KEY || !version_ok(v, FN_QUEUE_HEAD) || v.p[1])
        return FN_ECORRUPT;
    const uint8_t *b = v.p;
    size_t n = fn_get_le16(b + 6);
    const char *text = (const char *)b + FN_QUEUE_HEAD;
    if (v.n != FN_QUEUE_HEAD + n || fn_get_le16(b + 4) == 0 || !fn_path_storable(text, n))
        return FN_ECORRUPT;
    ret->prio = key.p[0];
    ret->seq = fn_get_be64(key.p + 1);
    ret->tries = b[2];
    ret->root = fn_get_le16(b + 4);
    ret->not_before_s = (int64_t)fn_get_le64(b + 8);
    ret->mtime_ns = (int64_t)fn_get_le64(b + 16);
    ret->size = fn_get_le64(b + 24);
    ret->inode = fn_get_le64(b + 32);
    memcpy(ret->path, text, n);
    ret->path[n] = 0;
    return 0;
}
