/* SPDX-License-Identifier: MIT */
/* Private to index/: what photos, paths, faces and vectors do for one another inside a
 * transaction. */
#ifndef FN_INDEX_ROWS_H
#define FN_INDEX_ROWS_H

#include "index/records/faces.h"
#include "index/records/queue.h"
#include "index/records/records.h"
#include "index/store/sides.h"

/* model_values.c. The current generation; 1 if there is no model yet. FN_ECORRUPT. */
FN_NODISCARD int fn_generation(struct fn_txn *t, uint16_t *ret);

/* vectors.c. A row number is given for good; compaction gives a face a new one. Appending the
 * last row of a block seals it, and so does the first row of another generation: the rows of a
 * block are of one. */
FN_NODISCARD int fn_vector_append(struct fn_txn *t, fn_face_id face, const int16_t x[FN_DIM],
                                  const uint16_t *feature, uint32_t width, uint16_t generation,
                                  uint32_t *ret_row, struct fn_error *err);
/* Zeroes the row's vector and feature, on both sides. FN_ECORRUPT if there is no such row. */
FN_NODISCARD int fn_vector_delete(struct fn_txn *t, uint32_t row, struct fn_error *err);
/* Moves the live rows of blocks less than half full to the tail, and drops these blocks. Blocks
 * of a generation that is over are left to be emptied by those who give their faces new
 * vectors. */
FN_NODISCARD int fn_vectors_compact(struct fn_txn *t, struct fn_error *err);

/* Blocks, as t views them. get: FN_ENOTFOUND. put: the payload is in block behind the head; a
 * block without live rows is deleted. */
FN_NODISCARD int fn_block_get(struct fn_txn *t, uint8_t kind, uint32_t number,
                              struct fn_block *ret);
FN_NODISCARD int fn_block_put(struct fn_txn *t, enum fn_table table, uint32_t number,
                              uint8_t *block, uint8_t kind, uint16_t generation, uint32_t width,
                              uint32_t rows, uint32_t live, struct fn_error *err);
/* Moves the rows of a block from the tail into the block. */
FN_NODISCARD int fn_vectors_seal(struct fn_txn *t, uint32_t first, uint32_t width,
                                 struct fn_error *err);

/* vectors_fill.c: the side that t views gets the vector of a row that has none there. feature:
 * NULL if the sides share theirs. */
FN_NODISCARD int fn_vector_fill(struct fn_txn *t, uint32_t row, fn_face_id face,
                                const int16_t x[FN_DIM], const uint16_t *feature,
                                const struct fn_index_model *m, struct fn_error *err);
/* Number of vectors of the side that t views. */
FN_NODISCARD int fn_vectors_count(struct fn_txn *t, uint64_t *ret);
/* other_side.c. Deletes what the other side has (fn_sides.other: EMPTY afterwards). */
FN_NODISCARD int fn_vectors_drop_other(struct fn_txn *t, struct fn_error *err);
/* The same if it is only kept. */
FN_NODISCARD int fn_vectors_drop_kept(struct fn_txn *t, struct fn_error *err);

/* faces.c. insert: sets id, row, ckey and generation (the current one); f->photo and the flags
 * are set by the caller. remove: deletes all records of the faces. */
FN_NODISCARD int fn_face_insert(struct fn_txn *t, struct fn_face_rec *f,
                                const struct fn_h128 *photo_hash, unsigned n_in_photo,
                                const int16_t x[FN_DIM], const uint16_t *feature,
                                uint32_t width, struct fn_error *err);
FN_NODISCARD int fn_face_update(struct fn_txn *t, const struct fn_face_rec *f,
                                struct fn_error *err);
/* All faces of a photo; the caller frees *ret (NULL if there are none). */
FN_NODISCARD int fn_faces_of_photo_all(struct fn_txn *t, fn_photo_id photo,
                                       struct fn_face_rec **ret, size_t *ret_n,
                                       struct fn_error *err);
FN_NODISCARD int fn_faces_remove(struct fn_txn *t, fn_photo_id photo, struct fn_error *err);

/* photos.c. insert: p->id is set. */
FN_NODISCARD int fn_photo_insert(struct fn_txn *t, struct fn_photo *p, struct fn_error *err);
FN_NODISCARD int fn_photo_update(struct fn_txn *t, const struct fn_photo *p,
                                 struct fn_error *err);
/* Replaces the whole record, including the pixel key; the hash stays. */
FN_NODISCARD int fn_photo_replace(struct fn_txn *t, const struct fn_photo *p,
                                  struct fn_error *err);
/* A path of the photo was removed (last: it, absolute): the photo is GONE if it was the last. A
 * path was added: it is no longer GONE. Both include its faces, and leave pending changes
 * (record_changes.h). */
FN_NODISCARD int fn_photo_lost_path(struct fn_txn *t, fn_photo_id id, const char *last,
                                    struct fn_error *err);
FN_NODISCARD int fn_photo_got_path(struct fn_txn *t, fn_photo_id id, struct fn_error *err);

/* Whether any path shows the photo. */
bool fn_photo_has_path(struct fn_txn *t, fn_photo_id id);
/* tomb_places.c: the places of gone photos. last: the absolute path that a photo had last; ""
 * has no place. keys: of the records by which it is found. */
struct fn_place_hashes {
    uint64_t folder, name;
};
struct fn_place_hashes fn_place_hashes(const char *path);
enum { FN_TOMB_PLACES = 2, FN_TOMB_PLACE_KEY = 1 + 8 + 4 };
void fn_tomb_place_keys(fn_photo_id id, const char *last,
                        uint8_t ret[FN_TOMB_PLACES][FN_TOMB_PLACE_KEY]);
FN_NODISCARD int fn_tomb_place_put(struct fn_txn *t, fn_photo_id id, const char *last,
                                   struct fn_error *err);
FN_NODISCARD int fn_tomb_place_del(struct fn_txn *t, fn_photo_id id, const char *last,
                                   struct fn_error *err);

/* queue.c */
FN_NODISCARD int fn_queue_rename(struct fn_txn *t, fn_root_id from_root, const char *from,
                                 fn_root_id to_root, const char *to, struct fn_error *err);
FN_NODISCARD int fn_queue_remove_root(struct fn_txn *t, fn_root_id root, struct fn_error *err);

/* The path of a record's key. FN_ENOTFOUND, FN_ECORRUPT. */
FN_NODISCARD int fn_path_by_key(struct fn_txn *t, const uint8_t key[FN_PATH_KEY],
                                struct fn_path *ret);
/* The absolute path; "" if its root is not in the index. */
#define FN_PLACE_MAX (2 * 4096)
void fn_path_place(struct fn_txn *t, const struct fn_path *p, char out[FN_PLACE_MAX]);

/* photo_paths.c. The rest of path after `from`, if path is `from` or below it ("" from: the
 * whole root), otherwise NULL. */
const char *fn_path_below(const char *path, const char *from);
/* to + rest into out; -ENAMETOOLONG. */
FN_NODISCARD int fn_path_moved(char *out, size_t size, const char *to, const char *rest);

#endif
