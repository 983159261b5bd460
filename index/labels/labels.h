/* SPDX-License-Identifier: MIT */
/* The label log: an append-only log of assertions, keyed by content (photo hash and box), never
 * by row or cluster. It is stored in LMDB, which is authoritative, and is mirrored in order to
 * labels.log (text, fsynced) before an act is reported as done.
 *
 * One act of the user (naming a cluster, a batch) is one or more assertions with the same act
 * number, printed as L<act>. An undo is another assertion that takes one act out of effect; a
 * redo is the undo of an undo. The current state is the result of all acts in effect, in order;
 * undo and redo give exactly the state without and with the act.
 *
 * IS, NOT and NOTFACE are labels: they constrain clustering (people.h). GROUP is a cluster
 * label: the faces that were in a cluster when the user named it. It never constrains
 * clustering. A cluster takes the name that most of its labelled faces carry, so a name
 * survives the deletion of any photo, a new model and new clusters. MEMBER is the same for one
 * face: logs of older programs have one for each face of a cluster.
 */
#ifndef FN_INDEX_LABELS_H
#define FN_INDEX_LABELS_H

#include "engine/base/buf.h"
#include "index/records/faces.h"

struct fn_person_id { /* 16 bytes; shown as 'p' and lower-case base32 (RFC 4648 alphabet, no
                         padding) */
    uint8_t b[16];
};
#define FN_PERSON_TEXT     28 /* 'p', 26 characters, NUL */
#define FN_PERSON_NAME_MAX 256

/* Stored: the numbers never change. */
enum fn_assert_kind {
    FN_ASSERT_IS = 1,      /* face is person (replaces an earlier IS of the same face) */
    FN_ASSERT_NOT = 2,     /* face is not person */
    FN_ASSERT_NOTFACE = 3, /* not a face */
    FN_ASSERT_NAME = 4,    /* person has this name (text) */
    FN_ASSERT_MEMBER = 5,  /* soft: face was in the group that got this person */
    FN_ASSERT_MERGE = 6,   /* person (from) is the same as object (into) */
    FN_ASSERT_HIDE = 7,    /* person hidden */
    FN_ASSERT_UNHIDE = 8,
    FN_ASSERT_ALIAS = 9,   /* photo `face.photo` now is the content object_photo: written by
                              older programs, which matched the faces by their boxes alone */
    FN_ASSERT_BOX = 10,    /* the user drew this box (face) */
    FN_ASSERT_UNDO = 11,   /* act undo_of is not in effect */
    FN_ASSERT_ISFACE = 12, /* takes an earlier NOTFACE back */
    FN_ASSERT_SET = 13,    /* a threshold or model change: text "key=value" */
    FN_ASSERT_GROUP = 14,  /* as MEMBER, for a set of faces */
    FN_ASSERT_SAME = 15,   /* `face` of an edited picture is now the face object_box of the
                              content object_photo */
};

#define FN_AUTHOR_SELF "facenetd" /* of assertions by the program itself */

/* A face in a set: the first 8 bytes of its photo's hash, then x, y, w, h of its box as u16,
 * little-endian. Half a hash is enough for what binds nothing, and a group of 80,000 faces
 * is 1.3 MB. */
struct fn_face_ref {
    uint8_t b[16];
};
#define FN_ASSERT_FACES_MAX (1u << 20) /* of one assertion; a larger group takes several */
struct fn_face_ref fn_face_ref_of(const struct fn_face_key *k);
/* Sorts refs by their bytes and removes duplicates; returns how many are left. */
size_t fn_face_refs_sort(struct fn_face_ref *v, size_t n);

struct fn_assertion {
    uint64_t seq; /* given when appended, from 1 */
    uint64_t act; /* seq of the act's first assertion */
    uint8_t kind;
    int64_t time_us;
    char author[32];             /* user name */
    struct fn_face_key face;     /* face kinds */
    struct fn_person_id person;  /* IS, NOT, MEMBER, GROUP, NAME, HIDE, UNHIDE, MERGE (from) */
    struct fn_person_id object;  /* MERGE: into */
    struct fn_h128 object_photo; /* ALIAS, SAME */
    uint16_t object_box[4];      /* SAME */
    uint64_t undo_of;            /* UNDO: act */
    char text[FN_PERSON_NAME_MAX];
    /* GROUP: 1 to FN_ASSERT_FACES_MAX faces in the order of fn_face_refs_sort; otherwise NULL,
     * 0. An assertion never owns them: they are in the caller's memory (fn_assert_append), in
     * the buffer given to fn_assertion_parse, or in the map, where they are valid until the
     * transaction writes or ends (fn_assert_get, fn_assert_each). */
    const struct fn_face_ref *faces;
    size_t n_faces;
};

/* Appends one act in t and updates the derived tables. Sets a[i].seq and a[i].act, and the text
 * of a NAME to what is stored (fn_name_clean: FN_EUSAGE if it is not a name). FN_EREFUSED if it
 * contradicts an assertion in effect (IS against a NOT of the same face and person, NAME that
 * another person has, ...), unless its kind replaces the older one. */
FN_NODISCARD int fn_assert_append(struct fn_txn *t, struct fn_assertion *a, size_t n,
                                  uint64_t *ret_act, struct fn_error *err);
/* The same with flags: FN_ASSERT_SAME_NAME allows a NAME that another person has. */
enum fn_assert_flags { FN_ASSERT_SAME_NAME = 1u << 0 };
FN_NODISCARD int fn_assert_append_flags(struct fn_txn *t, struct fn_assertion *a, size_t n,
                                        unsigned flags, uint64_t *ret_act,
                                        struct fn_error *err);
/* Undoes / redoes an act; FN_ENOTFOUND, FN_EREFUSED (already so). ret_act: the new act. */
FN_NODISCARD int fn_assert_undo(struct fn_txn *t, uint64_t act, const char *author,
                                uint64_t *ret_act, struct fn_error *err);
FN_NODISCARD int fn_assert_redo(struct fn_txn *t, uint64_t act, const char *author,
                                uint64_t *ret_act, struct fn_error *err);
/* The newest act in effect that is not an undo, and not a SET of the program itself (for `fnq
 * undo` without a number); for redo: the newest undo in effect. */
FN_NODISCARD int fn_assert_last(struct fn_txn *t, bool undone, uint64_t *ret_act);
FN_NODISCARD int fn_assert_get(struct fn_txn *t, uint64_t seq, struct fn_assertion *ret);
uint64_t fn_assert_count(struct fn_txn *t); /* highest seq */
int fn_assert_each(struct fn_txn *t, uint64_t from_seq,
                   int (*visit)(const struct fn_assertion *a, void *ctx), void *ctx);
bool fn_act_in_force(struct fn_txn *t, uint64_t act);
/* The first assertion, in effect or not, that has this person. FN_ENOTFOUND. */
FN_NODISCARD int fn_person_first_seq(struct fn_txn *t, const struct fn_person_id *p,
                                     uint64_t *ret);

/* Derived state of one face. */
enum { FN_REJECTED_MAX = 255 };
struct fn_face_labels {
    bool confirmed;             /* an IS is in effect */
    struct fn_person_id person; /* of the IS, after merges */
    bool notface;
    uint64_t is_act, notface_act;
    size_t n_rejected;
    struct fn_person_id rejected[FN_REJECTED_MAX]; /* after merges */
    uint64_t rejected_act[FN_REJECTED_MAX];
    bool member; /* a MEMBER or GROUP is in effect (and no IS) */
    struct fn_person_id member_person;
};
FN_NODISCARD int fn_labels_of_face(struct fn_txn *t, fn_face_id face,
                                   struct fn_face_labels *ret);
/* Whether a face is one of a person, or can be: it is not labelled as not a face, and either
 * its photo is there, or a user confirmed it and no edit replaced it. */
FN_NODISCARD int fn_face_takes_part(struct fn_txn *t, const struct fn_face_rec *f, bool *ret);
/* Whether a photo has such faces. One that is gone is then not dropped (fn_photo_keep). */
FN_NODISCARD int fn_photo_is_kept(struct fn_txn *t, fn_photo_id photo, bool *ret);
/* The face in the newest version of an edited photo. FN_ENOTFOUND: it is the newest itself, or
 * has no face there. */
FN_NODISCARD int fn_face_successor(struct fn_txn *t, const struct fn_face_key *k,
                                   fn_face_id *ret);
/* The face and every face that it became when its picture was edited (SAME and ALIAS in
 * effect), the earliest first. Their photos need not be in this index. free(*ret). */
FN_NODISCARD int fn_face_successors(struct fn_txn *t, const struct fn_face_key *face,
                                    struct fn_face_key **ret, size_t *ret_n);
/* Person after merges; itself when it was not merged. */
FN_NODISCARD int fn_person_resolve(struct fn_txn *t, const struct fn_person_id *p,
                                   struct fn_person_id *ret);
/* Persons the user named, by id (resolved). By name: names.h. */
struct fn_person_label {
    struct fn_person_id id;
    char name[FN_PERSON_NAME_MAX]; /* "" when unnamed */
    bool hidden;
};
FN_NODISCARD int fn_person_label_get(struct fn_txn *t, const struct fn_person_id *id,
                                     struct fn_person_label *ret);
/* The same of the person as it was before it was merged into another. */
FN_NODISCARD int fn_person_label_own(struct fn_txn *t, const struct fn_person_id *id,
                                     struct fn_person_label *ret);
int fn_person_label_each(struct fn_txn *t,
                         int (*visit)(const struct fn_person_label *p, void *ctx), void *ctx);

bool fn_person_eq(const struct fn_person_id *a, const struct fn_person_id *b);
int fn_person_cmp(const void *a, const void *b); /* for qsort */
void fn_person_text(const struct fn_person_id *id, char out[FN_PERSON_TEXT]);
FN_NODISCARD int fn_person_parse(const char *text, struct fn_person_id *ret,
                                 unsigned *ret_bits);        /* a prefix is allowed */
FN_NODISCARD int fn_person_new_id(struct fn_person_id *ret); /* random (getrandom) */

/* The text mirror. One line per assertion: seq act time author kind fields..., percent-encoded
 * (docs/format-labels.md). sync: locks the file, appends every missing sequence number, fsyncs.
 * FN_EREFUSED if the file is that of another index, or has something else at a number that LMDB
 * has; FN_EUNSUPPORTED if it is not a label log (both reported by doctor, never merged
 * silently). */
FN_NODISCARD int fn_labels_log_sync(struct fn_store *s, const char *log_path,
                                    struct fn_error *err);
FN_NODISCARD int fn_labels_log_check(struct fn_store *s, const char *log_path,
                                     uint64_t *ret_in_file, struct fn_error *err);
/* Moves the file away. out: its new path. */
FN_NODISCARD int fn_labels_log_set_aside(const char *log_path, char *out, size_t size,
                                         struct fn_error *err);
/* Appends the whole log of the index as in a file that is complete. */
FN_NODISCARD int fn_labels_log_text(struct fn_txn *t, struct fn_buf *out);
void fn_assertion_format(const struct fn_assertion *a, struct fn_buf *out);
/* faces: initialised by the caller, who finishes it when done with ret->faces; a cap below
 * FN_ASSERT_FACES_BYTES refuses longer sets. FN_ECORRUPT, -ENOMEM. */
#define FN_ASSERT_FACES_BYTES (FN_ASSERT_FACES_MAX * sizeof(struct fn_face_ref))
FN_NODISCARD int fn_assertion_parse(const char *line, struct fn_buf *faces,
                                    struct fn_assertion *ret, struct fn_error *err);
/* Replays a log into this index. Assertions that are missing are appended with new numbers and
 * their old time and author; acts and undos are renumbered. Assertions that equal one in the
 * index are skipped. Photos need not be indexed yet: assertions take effect when they are.
 * FN_EUNSUPPORTED: the text is not a label log, or a damaged one. */
FN_NODISCARD int fn_labels_import(struct fn_txn *t, const char *text, size_t n,
                                  uint64_t *ret_new, uint64_t *ret_skipped,
                                  struct fn_error *err);

#endif
