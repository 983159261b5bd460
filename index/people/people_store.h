/* Private to people*.c: records of persons and of their faces (people_store.c). */
#ifndef FN_INDEX_PEOPLE_STORE_H
#define FN_INDEX_PEOPLE_STORE_H

#include "index/people/people_priv.h"

struct fn_person_rec {
    uint32_t n_faces, n_photos, n_confirmed, n_rejected;
    fn_face_id cover;
    int64_t first_s, last_s;
};
FN_NODISCARD int fn_person_rec_decode(struct fn_slice v, struct fn_person_rec *ret);
FN_NODISCARD int fn_person_rec_put(struct fn_txn *t, const struct fn_person_id *p,
                                   const struct fn_person_rec *r, struct fn_error *err);

struct fn_person_face {
    fn_face_id face;
    fn_photo_id photo;
    uint64_t ckey;
    int64_t taken_s; /* INT64_MIN: unknown */
    uint8_t how, quality;
};
typedef int fn_person_face_visit(const struct fn_person_face *f, void *ctx);
/* Stops when visit returns non-zero and returns that. */
int fn_person_faces_walk(struct fn_txn *t, const struct fn_person_id *p,
                         fn_person_face_visit *visit, void *ctx);

#endif
