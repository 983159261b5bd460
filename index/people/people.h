/* People: the settled function of (faces, assertions, model, thresholds), kept up to date by re-running only the components something
 * touched. Between changes and settling, new faces carry a provisional person (nearest by vote).
 *
 * Person of a group: the one most of its labelled faces name (IS and MEMBER count alike; ties go to IS), else an unnamed person
 * whose id is XXH3-128 of the least content key. A confirmed face is its person whatever its group is, and a face rejected as
 * its group's person is not: such faces make up a person of their own. Groups of one person are one person to the user.
 */
#ifndef FN_INDEX_PEOPLE_H
#define FN_INDEX_PEOPLE_H

#include "index/labels/labels.h"

enum fn_membership {
    FN_HOW_NONE = 0,
    FN_HOW_PROVISIONAL = 1,
    FN_HOW_CLUSTER = 2,
    FN_HOW_USER = 3
};

struct fn_member {
    struct fn_person_id person;
    uint64_t group; /* ckey of the group's first face */
    uint8_t how;    /* enum fn_membership */
    uint32_t d;     /* mean distance to the group's other faces; 0 when alone */
};
/* FN_ENOTFOUND for faces that are gone, no faces, or not assigned. */
FN_NODISCARD int fn_member_get(struct fn_txn *t, fn_face_id face, struct fn_member *ret);

struct fn_person {
    struct fn_person_id id;
    char name[FN_PERSON_NAME_MAX];
    bool hidden;
    uint32_t n_faces, n_photos, n_confirmed, n_rejected;
    int64_t first_s,
        last_s;       /* earliest and latest taken time; INT64_MAX / INT64_MIN when unknown */
    fn_face_id cover; /* best quality, nearest to the mean */
};
FN_NODISCARD int fn_person_get(struct fn_txn *t, const struct fn_person_id *id,
                               struct fn_person *ret);
int fn_person_each(struct fn_txn *t, int (*visit)(const struct fn_person *p, void *ctx),
                   void *ctx);
int fn_person_each_face(struct fn_txn *t, const struct fn_person_id *id,
                        int (*visit)(fn_face_id face, void *ctx), void *ctx);
/* "p7k3..." prefix or a name: FN_ENOTFOUND, FN_EAMBIGUOUS (the text lists candidates). Also ids that were merged away, and
 * those of groups that have a name by now. */
FN_NODISCARD int fn_person_find(struct fn_txn *t, const char *what, struct fn_person *ret,
                                struct fn_error *err);

/* Brings people up to date with the faces and labels that changed in t (index/labels/changes.h). */
FN_NODISCARD int fn_people_update(struct fn_txn *t, struct fn_error *err);

/* Settles touched components; at most max_faces faces' worth of components when not 0 (then *ret_left says how many faces are still
 * touched). Writes only what changed. */
FN_NODISCARD int fn_people_settle(struct fn_txn *t, size_t max_faces, size_t *ret_left,
                                  struct fn_error *err);
size_t fn_people_dirty(struct fn_txn *t); /* faces waiting to be settled */

/* The whole partition from scratch, compared with what is stored; *ret_diff: faces that differ. For doctor and tests. */
FN_NODISCARD int fn_people_check(struct fn_txn *t, uint64_t *ret_diff, struct fn_error *err);
/* Recomputes neighbours and people of everything (after a change of thresholds). */
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
