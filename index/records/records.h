/* SPDX-License-Identifier: MIT */
/* Private to index/: conversion between records and bytes, as specified in docs/format.md.
 *
 * Decoders take a value from LMDB, check every length and every bounded value, and return
 * FN_ECORRUPT for anything invalid, with the output untouched; they never trust a length field
 * beyond the slice. Encoders write what the decoders accept; their buffers have the size given
 * next to them.
 */
#ifndef FN_INDEX_RECORDS_H
#define FN_INDEX_RECORDS_H

#include "index/records/faces.h"
#include "index/records/queue.h"
#include "index/store/tables.h"

#define FN_RECORD_VERSION    1
#define FN_FEATURE_WIDTH_MAX 4096u

/* Format 1 had zero where records now have the generation of their model: 0 and 1 are both the
 * first. */
uint16_t fn_generation_decode(const uint8_t p[2]);

/* Indexes whose value is one number: ver, flags, u16 0, u32. */
#define FN_REF_BYTES 8
void fn_ref_encode(uint32_t id, uint8_t out[FN_REF_BYTES]);
FN_NODISCARD int fn_ref_decode(struct fn_slice v, uint32_t *ret); /* 0 is refused */
/* Indexes without a value: ver, flags. */
#define FN_MARK_BYTES 2
extern const uint8_t fn_mark[FN_MARK_BYTES];

#define FN_MODEL_BYTES 120
void fn_index_model_encode(const struct fn_index_model *m, uint8_t out[FN_MODEL_BYTES]);
FN_NODISCARD int fn_model_put(struct fn_txn *t, const struct fn_index_model *m,
                              struct fn_error *err);
FN_NODISCARD int fn_index_model_decode(struct fn_slice v, struct fn_index_model *ret);

#define FN_PHOTO_HEAD  96
#define FN_PHOTO_BYTES (FN_PHOTO_HEAD + FN_CAMERA_MAX + FN_REASON_MAX)
size_t fn_photo_encode(const struct fn_photo *p, uint8_t out[FN_PHOTO_BYTES]);
FN_NODISCARD int fn_photo_decode(struct fn_slice key, struct fn_slice v, struct fn_photo *ret);

#define FN_ROOT_HEAD  56
#define FN_ROOT_BYTES (FN_ROOT_HEAD + 64 + 4096)
size_t fn_root_encode(const struct fn_root *r, uint8_t *out); /* FN_ROOT_BYTES */
FN_NODISCARD int fn_root_decode(struct fn_slice key, struct fn_slice v, struct fn_root *ret);

/* Keys of tables ordered by the hash of a path: root, XXH3-64 of the path, a number that
 * distinguishes colliding hashes. */
#define FN_PATH_KEY 11
void fn_path_key(fn_root_id root, uint64_t hash, uint8_t n, uint8_t out[FN_PATH_KEY]);
#define FN_PATH_HEAD  32
#define FN_PATH_CTIME 8 /* after the path, if the flags say so */
#define FN_PATH_BYTES (FN_PATH_HEAD + 4096 + FN_PATH_CTIME)
size_t fn_path_encode(const struct fn_path *p, uint8_t *out); /* FN_PATH_BYTES */
FN_NODISCARD int fn_path_decode(struct fn_slice key, struct fn_slice v, struct fn_path *ret);

#define FN_FACE_BYTES 56
void fn_face_encode(const struct fn_face_rec *f, uint8_t out[FN_FACE_BYTES]);
FN_NODISCARD int fn_face_decode(struct fn_slice key, struct fn_slice v,
                                struct fn_face_rec *ret);

#define FN_QUEUE_KEY 9
void fn_queue_key(uint8_t prio, uint64_t seq, uint8_t out[FN_QUEUE_KEY]);
#define FN_QUEUE_HEAD  40
#define FN_QUEUE_BYTES (FN_QUEUE_HEAD + 4096)
size_t fn_queue_encode(const struct fn_queue_entry *e, uint8_t *out); /* FN_QUEUE_BYTES */
FN_NODISCARD int fn_queue_decode(struct fn_slice key, struct fn_slice v,
                                 struct fn_queue_entry *ret);

/* A relative path as it may be stored: 1 to 4095 bytes, none of them NUL. */
bool fn_path_storable(const char *p, size_t n);

/* Vectors: the tail holds one row per value until FN_BLOCK_ROWS of them are sealed into a
 * block. */
#define FN_TAIL_HEAD  8
#define FN_TAIL_BYTES (FN_TAIL_HEAD + FN_Q14_BYTES)
struct fn_tail {
    uint32_t row;
    fn_face_id face;
    uint16_t generation;
    const int16_t *x; /* decoded: points into the value */
};
void fn_tail_encode(const struct fn_tail *r, uint8_t out[FN_TAIL_BYTES]); /* row: the key */
FN_NODISCARD int fn_tail_decode(struct fn_slice key, struct fn_slice v, struct fn_tail *ret);
#define FN_FEAT_TAIL_HEAD 8
struct fn_feat_tail {
    uint32_t width;
    uint16_t generation;
    const uint8_t *values; /* width x binary16, in the value */
};
void fn_feat_tail_head(uint32_t width, uint16_t generation, uint8_t out[FN_FEAT_TAIL_HEAD]);
FN_NODISCARD int fn_feat_tail_decode(struct fn_slice v, struct fn_feat_tail *ret);

#define FN_BLOCK_BYTES    (64u * 4096u - 16u)
#define FN_BLOCK_HEAD     48u
#define FN_BLOCK_ROWS     1000u
#define FN_BLOCK_FACES_AT (FN_BLOCK_HEAD + FN_BLOCK_ROWS * FN_Q14_BYTES)
#define FN_BLOCK_MAGIC    0x424e4646u /* "FFNB" */
enum fn_block_kind { FN_BLOCK_VECTORS = 1, FN_BLOCK_FEATURES = 2 };

struct fn_block {
    uint8_t kind;
    uint16_t generation; /* of all its rows */
    uint32_t width;      /* values per row: FN_DIM, or the feature width */
    uint32_t first_row;
    uint32_t rows, live; /* rows with a place; rows that are not dead */
    uint64_t checksum;   /* XXH3-64 of the payload */
    const uint8_t *payload;
    size_t payload_n;
};
/* Rows of a feature block: the largest divisor of FN_BLOCK_ROWS that fits. */
uint32_t fn_feature_block_rows(uint32_t width);
/* Checks the header against the key, the kind and the value's length; the payload's checksum is
 * checked by fn_block_check alone, since it costs more than a scan of the block. */
FN_NODISCARD int fn_block_decode(struct fn_slice key, struct fn_slice v, uint8_t kind,
                                 struct fn_block *ret);
FN_NODISCARD int fn_block_check(const struct fn_block *b);
/* Writes the header of a block whose payload is in place (out: FN_BLOCK_BYTES), with its
 * checksum. */
void fn_block_seal(uint8_t *out, uint8_t kind, uint16_t generation, uint32_t width,
                   uint32_t first_row, uint32_t rows, uint32_t live);

#endif
