/* SPDX-License-Identifier: MIT */
/* People: names over clusters of faces. In code, a cluster is a group. index/grouping computes
 * clusters from faces, labels and thresholds alone; the person of a cluster follows from the
 * labels of its faces.
 *
 * The person of a cluster is the one that most of its labelled faces name (IS and MEMBER count
 * alike; ties go to IS), otherwise an unnamed person whose id is the XXH3-128 of the cluster's
 * key. A confirmed face belongs to its person whatever its cluster is, and a face rejected as
 * the cluster's person does not belong to it: such faces have a person of their own. All
 * clusters of one person are one person to the user.
 *
 * A label takes effect immediately (fn_people_update): persons are assigned again, clusters
 * stay. Clusters follow in a cluster update (settle.h): a face that was added, removed or
 * constrained differently is pending until then. A face without a cluster belongs to no person,
 * unless it is confirmed.
 *
 * When its photo is gone, a face leaves its cluster, unless it is confirmed
 * (fn_face_takes_part): what the user said stays true. It then takes part in clustering and
 * names its cluster as before, but is not counted or shown. A person with a name exists without
 * any face.
 */
#ifndef FN_INDEX_PEOPLE_H
#define FN_INDEX_PEOPLE_H

#include "index/labels/labels.h"

enum fn_membership { FN_HOW_NONE = 0, FN_HOW_GROUP = 2, FN_HOW_USER = 3 };

struct fn_member {
    struct fn_person_id person;
    uint64_t group; /* 0: confirmed, and not in a group yet */
    uint8_t how;    /* enum fn_membership */
    uint32_t d;     /* mean distance to the other faces of the cluster; 0 if it is alone */
};
/* FN_ENOTFOUND for faces that are gone, no faces, or not assigned. */
FN_NODISCARD int fn_member_get(struct fn_txn *t, fn_face_id face, struct fn_member *ret);
/* The same without the distance, which costs most. */
FN_NODISCARD int fn_member_who(struct fn_txn *t, fn_face_id face, struct fn_member *ret);

struct fn_person {
    struct fn_person_id id;
    char name[FN_PERSON_NAME_MAX];
    bool hidden;
    uint32_t n_faces, n_photos, n_confirmed, n_rejected; /* 0 faces: no photos now */
    int64_t first_s,
        last_s;       /* earliest and latest taken time; INT64_MAX / INT64_MIN when unknown */
    fn_face_id cover; /* best quality, closest to the mean */
};
FN_NODISCARD int fn_person_get(struct fn_txn *t, const struct fn_person_id *id,
                               struct fn_person *ret);
/* In order of ids: everyone who has a face, and those who have a name but no face. */
int fn_person_each(struct fn_txn *t, int (*visit)(const struct fn_person *p, void *ctx),
                   void *ctx);

/* A face of a person, with what a line in a list needs. */
struct fn_person_face {
    fn_face_id face;
    fn_photo_id photo;
    uint64_t ckey;
    int64_t taken_s; /* INT64_MIN: unknown */
    uint8_t how, quality;
    bool poor;
    bool gone; /* its photo is gone, and it is confirmed: it names its person, and is not shown
                */
};
typedef int fn_person_face_visit(const struct fn_person_face *f, void *ctx);
/* id: resolved. Without faces that are gone. Group by group. Stops when visit returns non-zero
 * and returns that. */
int fn_person_faces_walk(struct fn_txn *t, const struct fn_person_id *id,
                         fn_person_face_visit *visit, void *ctx);
/* The same with faces that are gone. */
int fn_person_faces_walk_all(struct fn_txn *t, const struct fn_person_id *id,
                             fn_person_face_visit *visit, void *ctx);
/* Without faces that are gone. In order of face id; id need not be resolved. */
int fn_person_each_face(struct fn_txn *t, const struct fn_person_id *id,
                        int (*visit)(fn_face_id face, void *ctx), void *ctx);
/* The person that a user refers to: by a name, else by whole words of one, else by the
 * beginning of one (names.h), else by an id or the beginning of one, "p7k3...". Also ids that
 * were merged away, and all that were those of a person once, if at least 7 letters after the p
 * are given: the result is who has those faces now. No face, no name: none of them is left.
 * FN_ENOTFOUND (the text has similar names), FN_EAMBIGUOUS (it lists candidates). */
FN_NODISCARD int fn_person_find(struct fn_txn *t, const char *what, struct fn_person *ret,
                                struct fn_error *err);
/* The same with names that are loaded. */
struct fn_names;
FN_NODISCARD int fn_person_find_among(struct fn_txn *t, const struct fn_names *names,
                                      const char *what, struct fn_person *ret,
                                      struct fn_error *err);

/* Brings people up to date with the faces and labels that changed in t
 * (index/labels/label_changes.h), but not clusters, which are updated later. Of the side that t
 * views. */
FN_NODISCARD int fn_people_update(struct fn_txn *t, struct fn_error *err);

/* Thresholds of the grouping that is shown. FN_ENOTFOUND: no model yet. */
struct fn_grouping_thresholds;
FN_NODISCARD int fn_people_thresholds(struct fn_txn *t, struct fn_grouping_thresholds *ret);

/* ---- cluster updates (settle.h) ---- */

struct fn_people_wait {
    uint64_t faces;  /* pending faces */
    int64_t since_s; /* when the first of them was added or changed; 0: none is pending */
    bool regroup; /* all faces are being clustered from scratch; the current clusters continue
                     to answer */
    uint64_t done, total; /* faces of that */
};
FN_NODISCARD int fn_people_waiting(struct fn_txn *t, struct fn_people_wait *ret);
/* A cluster update in a write transaction of the caller: at most about max_faces faces if not
 * 0. *ret_left (may be NULL): faces and other work left; repeated calls reduce it to 0. */
FN_NODISCARD int fn_people_settle(struct fn_txn *t, size_t max_faces, size_t *ret_left,
                                  struct fn_error *err);

/* Whether the tables of people agree with one another; report is called for each thing that is
 * wrong. */
FN_NODISCARD int fn_people_consistent(struct fn_txn *t,
                                      void (*report)(const char *sentence, void *ctx),
                                      void *ctx);
/* The whole partition from scratch, compared with what is stored; *ret_diff: faces that differ.
 * For doctor and tests. */
FN_NODISCARD int fn_people_check(struct fn_txn *t, uint64_t *ret_diff, struct fn_error *err);
/* Recomputes all clusters and people from scratch. */
FN_NODISCARD int fn_people_rebuild(struct fn_txn *t, struct fn_error *err);

/* Who is this vector? Judged by the people of its nearest faces. */
struct fn_who {
    struct fn_person_id person; /* best */
    bool known;                 /* false: unknown (too far, or too near a tie) */
    double p;                   /* calibrated probability that it is `person` */
    uint32_t d;                 /* to the nearest face of that person */
    fn_face_id nearest;
    bool has_runner_up;
    struct fn_person_id runner_up;
    double runner_up_p;
    uint32_t runner_up_d;
};
FN_NODISCARD int fn_people_who(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                               struct fn_who *ret, struct fn_error *err);
double fn_people_probability(const struct fn_index_model *m, uint32_t d);

/* XXH3-64 over (ckey, group, person) in ckey order: equal partitions have equal hashes. */
FN_NODISCARD int fn_people_hash(struct fn_txn *t, uint64_t *ret, struct fn_error *err);

#endif
