/* SPDX-License-Identifier: MIT */
/* The record decoders. Input: u8 decoder, u8 length of the key, key, value. What decodes must
 * encode to a record that decodes to the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "index/records/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int ok)
{
    if (!ok)
        abort();
}

static void photo(struct fn_slice k, struct fn_slice v)
{
    struct fn_photo a, b;
    uint8_t out[FN_PHOTO_BYTES];
    memset(&a, 0, sizeof a);
    if (fn_photo_decode(k, v, &a))
        return;
    require(fn_photo_decode(k, (struct fn_slice){out, fn_photo_encode(&a, out)}, &b) == 0);
    require(a.width == b.width && a.state == b.state && a.taken_s == b.taken_s &&
            a.zone_min == b.zone_min && fn_h128_eq(&a.hash, &b.hash) &&
            !strcmp(a.camera, b.camera) && !strcmp(a.reason, b.reason));
}

static void root(struct fn_slice k, struct fn_slice v)
{
    static struct fn_root a, b;
    static uint8_t out[FN_ROOT_BYTES];
    if (fn_root_decode(k, v, &a))
        return;
    require(fn_root_decode(k, (struct fn_slice){out, fn_root_encode(&a, out)}, &b) == 0);
    require(a.fsid == b.fsid && !strcmp(a.path, b.path) && !strcmp(a.reason, b.reason));
}

static void path(struct fn_slice k, struct fn_slice v)
{
    static struct fn_path a, b;
    static uint8_t out[FN_PATH_BYTES];
    if (fn_path_decode(k, v, &a))
        return;
    require(fn_path_decode(k, (struct fn_slice){out, fn_path_encode(&a, out)}, &b) == 0);
    require(a.photo == b.photo && a.mtime_ns == b.mtime_ns && !strcmp(a.path, b.path));
}

static void face(struct fn_slice k, struct fn_slice v)
{
    struct fn_face_rec a;
    uint8_t out[FN_FACE_BYTES];
    if (fn_face_decode(k, v, &a))
        return;
    fn_face_encode(&a, out);
    struct fn_face_rec b;
    require(fn_face_decode(k, (struct fn_slice){out, sizeof out}, &b) == 0);
    require(a.generation && a.generation == b.generation);
    require(a.row == b.row && a.ckey == b.ckey && !memcmp(a.box, b.box, sizeof a.box) &&
            !memcmp(a.points, b.points, sizeof a.points));
}

static void queue(struct fn_slice k, struct fn_slice v)
{
    static struct fn_queue_entry a, b;
    static uint8_t out[FN_QUEUE_BYTES];
    if (fn_queue_decode(k, v, &a))
        return;
    require(fn_queue_decode(k, (struct fn_slice){out, fn_queue_encode(&a, out)}, &b) == 0);
    require(a.seq == b.seq && a.tries == b.tries && !strcmp(a.path, b.path));
}

static void model(struct fn_slice v)
{
    struct fn_index_model a, b;
    uint8_t out[FN_MODEL_BYTES];
    if (fn_index_model_decode(v, &a))
        return;
    fn_index_model_encode(&a, out);
    require(fn_index_model_decode((struct fn_slice){out, sizeof out}, &b) == 0);
    require(a.generation && a.generation == b.generation);
    require(a.pair_d == b.pair_d && !strcmp(a.profile, b.profile));
}

/* All blocks have one size. The head comes from the input and the payload is zero. */
static void block(struct fn_slice k, struct fn_slice v, uint8_t kind)
{
    uint8_t *whole = calloc(1, FN_BLOCK_BYTES);
    struct fn_block b;
    require(whole != NULL);
    if (v.n)
        memcpy(whole, v.p, v.n < FN_BLOCK_BYTES ? v.n : FN_BLOCK_BYTES);
    if (fn_block_decode(k, (struct fn_slice){whole, FN_BLOCK_BYTES}, kind, &b) == 0) {
        require(b.payload >= whole && b.payload + b.payload_n <= whole + FN_BLOCK_BYTES);
        (void)!fn_block_check(&b);
    }
    require(fn_block_decode(k, (struct fn_slice){whole, FN_BLOCK_BYTES - 1}, kind, &b) ==
            FN_ECORRUPT);
    free(whole);
}

static void tails(struct fn_slice k, struct fn_slice v)
{
    uint32_t ref;
    struct fn_tail r;
    struct fn_feat_tail f;
    if (fn_tail_decode(k, v, &r) == 0)
        require((const uint8_t *)r.x + FN_Q14_BYTES == v.p + v.n && r.generation);
    if (fn_feat_tail_decode(v, &f) == 0)
        require(f.values + 2 * (size_t)f.width == v.p + v.n && f.generation);
    if (fn_ref_decode(v, &ref) == 0)
        require(ref != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size - 2 < data[1])
        return 0;
    struct fn_slice k = {data + 2, data[1]}, v = {data + 2 + data[1], size - 2 - data[1]};
    switch (data[0] % 9) {
    case 0:
        photo(k, v);
        break;
    case 1:
        root(k, v);
        break;
    case 2:
        path(k, v);
        break;
    case 3:
        face(k, v);
        break;
    case 4:
        queue(k, v);
        break;
    case 5:
        model(v);
        break;
    case 6:
        block(k, v, FN_BLOCK_VECTORS);
        break;
    case 7:
        block(k, v, FN_BLOCK_FEATURES);
        break;
    default:
        tails(k, v);
    }
    return 0;
}
