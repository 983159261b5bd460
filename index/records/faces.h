/* SPDX-License-Identifier: MIT */
/* Faces and their vectors.
 *
 * A face's stable name is its content key: photo hash and box. face_id is a row of this index
 * only. */
#ifndef FN_INDEX_FACES_H
#define FN_INDEX_FACES_H

#include "engine/kernels/vector.h"
#include "index/records/photos.h"

typedef uint32_t fn_face_id; /* never reused; 0 is none */

enum fn_face_flags {
    FN_FACE_NOTFACE = 1u << 0, /* labelled by the user (derived from assertions) */
    FN_FACE_POOR = 1u << 1,    /* quality below the model's minimum: founds no person */
    FN_FACE_GONE = 1u << 2,    /* its photo is gone */
    FN_FACE_DRAWN = 1u << 3,   /* box drawn by the user */
};

#define FN_FACE_HEX 18 /* 'f', 16 digits, NUL */

struct fn_face_key { /* what assertions refer to */
    struct fn_h128 photo;
    uint16_t box[4]; /* x, y, w, h in 1/65535 of the upright picture */
};

struct fn_face_rec {
    fn_face_id id;
    fn_photo_id photo;
    uint32_t row;        /* of the vector tables */
    uint16_t generation; /* of the model its row is from; from 1, 0 is read as 1 */
    uint8_t flags, quality, score, sharpness;
    int8_t yaw_deg, roll_deg;
    uint16_t eyes_px;
    uint16_t box[4];
    uint16_t points[5][2];
    uint64_t ckey; /* XXH3-64 of photo hash and box (LE): order and short id */
};

FN_NODISCARD int fn_face_get(struct fn_txn *t, fn_face_id id, struct fn_face_rec *ret);
/* Faces of a photo in index order (largest first): up to max. */
FN_NODISCARD int fn_faces_of_photo(struct fn_txn *t, fn_photo_id photo, struct fn_face_rec *ret,
                                   size_t max, size_t *ret_n);
FN_NODISCARD int fn_face_ids_of_photo(struct fn_txn *t, fn_photo_id photo, fn_face_id *ret,
                                      size_t max, size_t *ret_n);
int fn_face_each(struct fn_txn *t, int (*visit)(const struct fn_face_rec *f, void *ctx),
                 void *ctx);
/* Good faces that take part: not gone, not labelled as not a face, not of low quality. */
FN_NODISCARD int fn_faces_good(struct fn_txn *t, uint64_t *ret);
/* Leaves what changed for people (record_changes.h). */
FN_NODISCARD int fn_face_set_flags(struct fn_txn *t, fn_face_id id, uint8_t set, uint8_t clear,
                                   struct fn_error *err);
FN_NODISCARD int fn_face_key_of(struct fn_txn *t, fn_face_id id, struct fn_face_key *ret);
/* The face of a photo that the box of an assertion refers to: the same box, otherwise the one
 * that overlaps most, from this IoU on; of equals, the lower ckey. n: none. */
#define FN_SAME_BOX_IOU .35f
size_t fn_face_of_box(const struct fn_face_rec *faces, size_t n, const uint16_t box[4]);
/* The same of an indexed photo. FN_ENOTFOUND. */
FN_NODISCARD int fn_face_by_key(struct fn_txn *t, const struct fn_face_key *k, fn_face_id *ret);
/* By short id: 'f' and up to 16 hex digits (prefix): up to max ids. */
FN_NODISCARD int fn_face_by_prefix(struct fn_txn *t, const char *text, fn_face_id *ret,
                                   size_t max, size_t *ret_n);
uint64_t fn_face_ckey(const struct fn_face_key *k);
void fn_face_hex(uint64_t ckey, char out[FN_FACE_HEX]);
void fn_box_quantise(const float box[4], uint16_t out[4]);
void fn_box_to_float(const uint16_t box[4], float out[4]);
float fn_stored_box_iou(const uint16_t a[4], const uint16_t b[4]);

/* Vectors. Exact rows are q14; features are fp16 of the model's width. A row is returned
 * whatever model it is from. */
FN_NODISCARD int fn_vector_get(struct fn_txn *t, uint32_t row, int16_t ret[FN_DIM]);
FN_NODISCARD int fn_feature_get(struct fn_txn *t, uint32_t row, uint16_t *ret, size_t width);
/* Visits runs of live rows directly in the map: first row number, pointer to n x 128 q14, face
 * id of each. Only rows of the current generation (fn_index_model) are visited, so that any two
 * have a distance. Rows of faces that are gone or not faces are visited too; get face ids with
 * fn_vector_face. */
int fn_vector_each_run(struct fn_txn *t,
                       int (*visit)(uint32_t first_row, const int16_t *rows,
                                    const fn_face_id *faces, size_t n, void *ctx),
                       void *ctx);

#endif
