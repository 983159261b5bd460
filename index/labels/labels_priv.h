/* SPDX-License-Identifier: MIT */
/* Private to index/labels, index/people and index/edits: the index of the log, and the derived
 * state of one face and one person.
 *
 * Tables (docs/format-labels.md): assert, seq -> assertion; assert_index, the ways to find
 * assertions; face_label, labels of a face of this index; person_label, names; merged, from ->
 * into. All but the first are functions of the first and of the faces in the index.
 */
#ifndef FN_INDEX_LABELS_PRIV_H
#define FN_INDEX_LABELS_PRIV_H

#include "engine/base/buf.h"
#include "index/labels/labels.h"
#include "index/store/tables.h"

/* assert_index: tag, then the key's bytes, then seq (8 bytes, big-endian). Values: u8 version,
 * u8 kind. */
enum fn_assert_tag {
    FN_BY_PHOTO = 'F',   /* photo of a face kind, or the old one of an edit: 16 bytes */
    FN_BY_NEW = 'A',     /* the new photo of an edit: 16 bytes */
    FN_BY_PERSON = 'P',  /* person, and object of MERGE: 16 bytes */
    FN_BY_KIND = 'K',    /* kind of MERGE or GROUP, 1 byte */
    FN_BY_UNDONE = 'U',  /* act that an UNDO refers to: 8 bytes */
    FN_BY_CONTENT = 'H', /* fn_assertion_content: 8 bytes */
};
enum { FN_ASSERT_KEY_MAX = 1 + 16 + 8, FN_PERSON_BYTES = 16 };
#define FN_UNDO_DEPTH_MAX                                                                      \
    64 /* undo of undo of ... : also bounds the recursion of fn_act_in_force */

/* assertion_codec.c */
#define FN_ASSERT_BYTES_MAX (1024u + FN_ASSERT_FACES_BYTES) /* of a record */
void fn_assertion_encode(const struct fn_assertion *a, struct fn_buf *out);
FN_NODISCARD int fn_assertion_decode(uint64_t seq, struct fn_slice v, struct fn_assertion *ret);
/* Hash of all fields but seq and act: what makes two assertions of two logs the same. */
uint64_t fn_assertion_content(const struct fn_assertion *a);
bool fn_assertion_equal(const struct fn_assertion *a, const struct fn_assertion *b);
const char *fn_assert_kind_name(uint8_t kind); /* NULL: no such kind */
bool fn_assert_is_face_kind(uint8_t kind);     /* IS, NOT, NOTFACE, ISFACE, MEMBER */
bool fn_assert_is_edit(uint8_t kind);          /* SAME, ALIAS */
/* Sorted, without duplicates, at most as many as one assertion may have. */
bool fn_face_refs_valid(const struct fn_face_ref *v, size_t n);

/* A walk over assert_index entries of one key in order of seq. */
struct fn_assert_walk {
    struct fn_cur cur;
    uint8_t prefix[FN_ASSERT_KEY_MAX];
    size_t prefix_n;
    bool started;
    uint64_t seq; /* current position */
    uint8_t kind;
};
FN_NODISCARD int fn_assert_walk_open(struct fn_txn *t, enum fn_assert_tag tag, const void *key,
                                     size_t key_n, struct fn_assert_walk *ret);
FN_NODISCARD int fn_assert_walk_next(struct fn_assert_walk *w); /* FN_ENOTFOUND at the end */
void fn_assert_walk_close(struct fn_assert_walk *w);

/* Writes one assertion and its index entries; does not update derived tables. a->seq and a->act
 * are set (act 0: a->act = seq). */
FN_NODISCARD int fn_assert_write(struct fn_txn *t, struct fn_assertion *a,
                                 struct fn_error *err);
/* The act that an undo, or an undo of an undo, finally refers to; itself for other acts.
 * *ret_depth: undos between. */
FN_NODISCARD int fn_act_target(struct fn_txn *t, uint64_t act, uint64_t *ret,
                               unsigned *ret_depth);

/* An act that is assumed to be in effect or not, instead of looking it up (act 0: none): for
 * checks before an undo. */
struct fn_suppose {
    uint64_t act;
    bool in_force;
};
bool fn_supposed_in_force(struct fn_txn *t, uint64_t act, struct fn_suppose s);

/* face_words.c: the assertions about the faces of a photo, including what was said of them
 * before the photo was edited. */
struct fn_face_word {
    uint64_t seq;
    size_t face; /* its place in the array of faces */
};
struct fn_face_words {
    struct fn_face_word *v; /* free(); in order of seq */
    size_t n, cap;
};
/* In effect or not. faces: all of the photo; its hash: photo. words: zeroed by the caller. */
FN_NODISCARD int fn_face_words(struct fn_txn *t, const struct fn_h128 *photo,
                               const struct fn_face_rec *faces, size_t n,
                               struct fn_face_words *words);

/* group.c: GROUP acts by photo. */
/* An assertion about one box of a photo. */
struct fn_box_word {
    uint64_t seq;
    uint16_t box[4];
};
struct fn_box_words {
    struct fn_box_word *v; /* free() */
    size_t n, cap;
};
FN_NODISCARD int fn_box_words_add(struct fn_box_words *w, uint64_t seq, const uint16_t box[4]);
/* Appends the assertions of sets about boxes of a photo, in effect or not, in any order. */
FN_NODISCARD int fn_group_words(struct fn_txn *t, const struct fn_h128 *photo,
                                struct fn_box_words *words);
/* Drops what fn_group_words caches in the transaction: another set was written. */
void fn_group_forget(struct fn_txn *t);
/* Visits every photo of this index that a set may refer to, or that became such a photo by an
 * edit. Stops when visit returns non-zero and returns that. */
int fn_group_each_photo(struct fn_txn *t, const struct fn_assertion *a,
                        int (*visit)(const struct fn_h128 *photo, void *ctx), void *ctx);

/* merge.c: MERGE acts in effect as a map. */
struct fn_merge {
    struct fn_person_id from, into;
};
/* The map, sorted by `from`; merges that would close a cycle with older ones are left out and
 * counted. free(*ret). */
FN_NODISCARD int fn_merges_fold(struct fn_txn *t, struct fn_suppose s, struct fn_merge **ret,
                                size_t *ret_n, size_t *ret_skipped);
/* Every id that resolves to the same person as p, p's root first. free(*ret). */
FN_NODISCARD int fn_person_class(struct fn_txn *t, const struct fn_person_id *p,
                                 struct fn_person_id **ret, size_t *ret_n);
/* Brings the table up to the log; leaves FN_CHANGE_PERSON for whom it concerns. */
FN_NODISCARD int fn_merges_update(struct fn_txn *t, struct fn_error *err);

/* person.c */
/* The name that p would have (its own, otherwise the newest of those merged into it); "" for
 * none. */
FN_NODISCARD int fn_person_fold(struct fn_txn *t, const struct fn_person_id *p,
                                struct fn_suppose s, struct fn_person_label *ret,
                                uint64_t *ret_act);
FN_NODISCARD int fn_person_update(struct fn_txn *t, const struct fn_person_id *p,
                                  struct fn_error *err);
/* Another person that has the name, compared by its key (text.h). FN_ENOTFOUND: the name is
 * free. */
FN_NODISCARD int fn_name_taken(struct fn_txn *t, const char *name,
                               const struct fn_person_id *by_other_than,
                               struct fn_person_label *ret);

/* fold.c: the labels of a face as recorded: person ids before merges, with the numbers that
 * decide which of two contradicting assertions is later. */
struct fn_said {
    struct fn_person_id person;
    uint64_t seq, act;
};
struct fn_face_fold {
    bool is, member, notface;
    struct fn_said is_said, member_said;
    uint64_t notface_act;
    size_t n_rejected;
    struct fn_said rejected[FN_REJECTED_MAX];
};
FN_NODISCARD int fn_face_fold_get(struct fn_txn *t, fn_face_id face, struct fn_face_fold *ret);
/* Merges applied; of an IS and a NOT of one person the later holds. */
FN_NODISCARD int fn_labels_resolve(struct fn_txn *t, const struct fn_face_fold *f,
                                   struct fn_face_labels *ret);
/* Folds the log for all faces of a photo, and leaves for people which changed
 * (label_changes.h). */
FN_NODISCARD int fn_labels_fold_photo(struct fn_txn *t, const struct fn_h128 *photo,
                                      struct fn_error *err);
/* A face whose record was deleted. */
FN_NODISCARD int fn_labels_drop_face(struct fn_txn *t, fn_face_id face, struct fn_error *err);
/* successors.c. The photo and every one it became by edits, in effect or not. free(*ret). */
FN_NODISCARD int fn_photo_successors(struct fn_txn *t, const struct fn_h128 *photo,
                                     struct fn_h128 **ret, size_t *ret_n);
/* Whether two boxes of one photo are one face, as an assertion refers to it. */
bool fn_face_keys_same(struct fn_txn *t, const struct fn_face_key *a,
                       const struct fn_face_key *b);
/* kept.c: the photo was edited, or the edit was undone: whether its faces stay when it is gone
 * may be different now. */
FN_NODISCARD int fn_edited_faces_changed(struct fn_txn *t, const struct fn_h128 *photo,
                                         struct fn_error *err);
/* labels.c. Folds everything. */
FN_NODISCARD int fn_labels_fold_all(struct fn_txn *t, struct fn_error *err);

/* said.c: the faces with an assertion about a person (as written, before merges). */
enum fn_said_how { FN_SAID_ABOUT = 1, FN_SAID_NOT = 2 }; /* of a face that is both, NOT */
struct fn_said_face {
    fn_face_id face;
    uint8_t how; /* enum fn_said_how */
};
FN_NODISCARD int fn_said_put(struct fn_txn *t, const struct fn_person_id *p, fn_face_id face,
                             enum fn_said_how how, struct fn_error *err);
FN_NODISCARD int fn_said_del(struct fn_txn *t, const struct fn_person_id *p, fn_face_id face,
                             struct fn_error *err); /* absent: 0 */
/* free(*ret). */
FN_NODISCARD int fn_said_faces(struct fn_txn *t, const struct fn_person_id *p,
                               struct fn_said_face **ret, size_t *ret_n);

/* check.c: FN_EREFUSED with a message if the assertion contradicts one in effect. May swap the
 * ids of a MERGE. */
FN_NODISCARD int fn_assert_check(struct fn_txn *t, struct fn_assertion *a, unsigned flags,
                                 struct fn_error *err);
FN_NODISCARD int fn_undo_check(struct fn_txn *t, uint64_t target, bool in_force,
                               struct fn_error *err);

/* ---- labels.log as a file (log_aside.c) ---- */

FN_NODISCARD int fn_log_lock(int fd, const char *path, struct fn_error *err);
FN_NODISCARD int fn_log_sync_folder(const char *path, struct fn_error *err);

/* ---- the first line of labels.log (log_head.c) ---- */

enum { FN_LOG_HEAD_MAX = 64 };
bool fn_log_is_head(const char *line);
/* Appends the line; nothing if the index has no id. */
FN_NODISCARD int fn_log_head(struct fn_txn *t, struct fn_buf *out);
/* The length of the line at the beginning of a log; 0: it has none. */
size_t fn_log_head_bytes(const char *text, size_t n);
/* FN_EREFUSED if a log with this beginning is that of another index. */
FN_NODISCARD int fn_log_head_check(struct fn_txn *t, const char *text, size_t n,
                                   const char *path, struct fn_error *err);

#endif
