/* SPDX-License-Identifier: MIT */
/* Private to index/people: rows, names, changes of membership, and the state of grouping.
 *
 * Tables (docs/format-labels.md): member, face -> group and person; group, group -> person;
 * group_faces, the faces of a group; person_groups, the groups of a person; person_faces, faces
 * whose person is not their group's; person, a line for each; waiting, faces that grouping has
 * not seen as they are; grouping, its state. */
#ifndef FN_INDEX_PEOPLE_PRIV_H
#define FN_INDEX_PEOPLE_PRIV_H

#include "index/grouping/grouping.h"
#include "index/labels/labels_priv.h"
#include "index/people/people.h"
#include "index/store/tables.h"

/* ---- rows.c ---- */
struct fn_member_rec {
    uint64_t group; /* 0: none */
    uint8_t how;
    bool own;                   /* it has its own person, not that of its cluster */
    struct fn_person_id person; /* its own */
};
FN_NODISCARD int fn_member_rec_get(struct fn_txn *t, fn_face_id face,
                                   struct fn_member_rec *ret);
FN_NODISCARD int fn_member_rec_put(struct fn_txn *t, fn_face_id face,
                                   const struct fn_member_rec *m, struct fn_error *err);
FN_NODISCARD int fn_member_rec_del(struct fn_txn *t, fn_face_id face, struct fn_error *err);

struct fn_group_rec {
    uint32_t n; /* faces */
    struct fn_person_id person;
};
FN_NODISCARD int fn_group_rec_get(struct fn_txn *t, uint64_t group, struct fn_group_rec *ret);
/* With the mark in person_groups; was: what stood before, NULL: nothing. n 0: deleted. */
FN_NODISCARD int fn_group_rec_put(struct fn_txn *t, uint64_t group,
                                  const struct fn_group_rec *was,
                                  const struct fn_group_rec *now, struct fn_error *err);

/* A row of group_faces or person_faces. */
struct fn_face_row {
    struct fn_person_face f;
    bool own; /* group_faces: its person is not the group's */
};
FN_NODISCARD int fn_group_face_get(struct fn_txn *t, uint64_t group, fn_face_id face,
                                   struct fn_face_row *ret);
FN_NODISCARD int fn_group_face_put(struct fn_txn *t, uint64_t group,
                                   const struct fn_face_row *r, struct fn_error *err);
FN_NODISCARD int fn_group_face_del(struct fn_txn *t, uint64_t group, fn_face_id face,
                                   struct fn_error *err);
/* In order of face id; stops when visit returns non-zero and returns that. */
int fn_group_faces_walk(struct fn_txn *t, uint64_t group,
                        int (*visit)(const struct fn_face_row *r, void *ctx), void *ctx);
FN_NODISCARD int fn_person_face_put(struct fn_txn *t, const struct fn_person_id *p,
                                    const struct fn_person_face *f, struct fn_error *err);
FN_NODISCARD int fn_person_face_del(struct fn_txn *t, const struct fn_person_id *p,
                                    fn_face_id face, struct fn_error *err);
/* Faces whose own person it is, those that are gone included. */
int fn_own_faces_walk(struct fn_txn *t, const struct fn_person_id *p,
                      fn_person_face_visit *visit, void *ctx);
/* free(*ret). */
FN_NODISCARD int fn_person_groups_get(struct fn_txn *t, const struct fn_person_id *p,
                                      uint64_t **ret, size_t *ret_n);

/* ---- grouping_input.c: facts about a face ---- */
struct fn_face_say { /* its labels, after merges */
    bool confirmed, member;
    struct fn_person_id person, member_person;
    size_t n_rejected;
    struct fn_person_id rejected[];
};
/* *ret: NULL if it has no labels; free(*ret). */
FN_NODISCARD int fn_face_say_get(struct fn_txn *t, fn_face_id face, struct fn_face_say **ret);
bool fn_face_rejects(const struct fn_face_say *s, const struct fn_person_id *p);
/* FN_ENOTFOUND: it takes no part. how is left open. */
FN_NODISCARD int fn_person_face_of(struct fn_txn *t, fn_face_id face,
                                   struct fn_person_face *ret);
FN_NODISCARD int fn_face_vector(struct fn_txn *t, fn_face_id face, int16_t ret[FN_DIM]);
void fn_unnamed_person(uint64_t key, struct fn_person_id *ret);
/* For a face that is rejected even as that person: others, by the number of the attempt. */
void fn_person_apart(uint64_t key, uint8_t attempt, struct fn_person_id *ret);

/* ---- name.c: persons of the faces of one cluster ---- */
struct fn_naming {
    fn_face_id face;
    uint64_t ckey;
    bool poor;
    const struct fn_face_say *say; /* NULL: nothing */
    void *ref;                     /* the caller's */
    /* the result */
    struct fn_person_id person;
    bool by_user, own;
};
/* Orders v, and fills in the results; n > 0. */
FN_NODISCARD int fn_name_group(struct fn_txn *t, uint64_t group, struct fn_naming *v, size_t n,
                               struct fn_person_id *ret_person);

/* ---- edit.c: changes of membership, then persons and counts that depend on them ---- */
struct fn_edit {
    struct fn_txn *t;
    struct fn_error *err;
    uint64_t *groups; /* whose person is to be assigned again */
    size_t n_groups, cap_groups;
    struct fn_person_id *persons; /* whose line changes */
    size_t n_persons, cap_persons;
};
/* Puts a face into a group (0: none), wherever it was. A face that takes no part is in none. */
FN_NODISCARD int fn_edit_place(struct fn_edit *e, fn_face_id face, uint64_t group);
/* Brings the rows of a face up to date with its record: low quality, gone. */
FN_NODISCARD int fn_edit_refresh(struct fn_edit *e, const struct fn_person_face *f);
/* The labels of the face may have changed. */
FN_NODISCARD int fn_edit_said(struct fn_edit *e, fn_face_id face);
FN_NODISCARD int fn_edit_touch_group(struct fn_edit *e, uint64_t group);
FN_NODISCARD int fn_edit_touch_person(struct fn_edit *e, const struct fn_person_id *p);
/* Assigns persons to the clusters and writes their records; e is empty afterwards, also on
 * failure. */
FN_NODISCARD int fn_edit_finish(struct fn_edit *e);
void fn_edit_drop(struct fn_edit *e);

/* ---- count.c ---- */
struct fn_person_rec {
    uint32_t n_faces, n_photos, n_confirmed, n_rejected;
    fn_face_id cover;
    int64_t first_s, last_s;
};
FN_NODISCARD int fn_person_rec_decode(struct fn_slice v, struct fn_person_rec *ret);
/* Counts, times and cover of a person from its faces that are not gone; deletes the record if
 * there are none. */
FN_NODISCARD int fn_person_recount(struct fn_txn *t, const struct fn_person_id *p,
                                   struct fn_error *err);

/* ---- distance.c ---- */
/* Mean distance of a face to the other faces of its cluster. */
FN_NODISCARD int fn_group_distance(struct fn_txn *t, fn_face_id face, uint64_t group,
                                   uint32_t *ret);

/* ---- waiting.c ---- */
enum fn_why { FN_WHY_CAME = 1, FN_WHY_WENT = 2, FN_WHY_SAID = 4 };
struct fn_waiting {
    fn_face_id face;
    uint8_t why; /* enum fn_why, added up */
    int64_t since_s;
    uint64_t seq; /* of the transaction that marked it last */
};
FN_NODISCARD int fn_waiting_mark(struct fn_txn *t, fn_face_id face, enum fn_why why,
                                 struct fn_error *err);
/* Up to max by face id. free(*ret). */
FN_NODISCARD int fn_waiting_take(struct fn_txn *t, size_t max, struct fn_waiting **ret,
                                 size_t *ret_n);
/* Forgets w, unless it was marked again since. */
FN_NODISCARD int fn_waiting_clear(struct fn_txn *t, const struct fn_waiting *w,
                                  struct fn_error *err);
FN_NODISCARD int fn_waiting_since(struct fn_txn *t, int64_t *ret);

#endif
