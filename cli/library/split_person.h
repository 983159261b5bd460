/* SPDX-License-Identifier: MIT */
/* The parts into which a person can be divided, and taking faces out of a person.
 *
 * By appearance: the faces are clustered again by the index's own rule, at lower and lower
 * thresholds until there is more than one part. By age: cut where no photo was taken for two
 * years. Both together: each part by appearance is cut by age as well. Parts are ordered by
 * size, so that the same index always gives the same letters.
 *
 * Taking faces out labels faces: those taken are the other person, the rest are not. */
#ifndef FN_CLI_LIBRARY_SPLIT_PERSON_H
#define FN_CLI_LIBRARY_SPLIT_PERSON_H

#include "cli/library/label_faces.h"
#include "index/grouping/grouping.h"

enum { FNL_PARTS_MAX = 26 };
enum fnl_split_by { FNL_SPLIT_APPEARANCE = 1, FNL_SPLIT_AGE = 2 }; /* may be added */

struct fnl_part_face {
    fn_face_id id;
    uint64_t ckey;
    fn_photo_id photo;
    int64_t taken_s; /* INT64_MAX: unknown */
    int16_t x[FN_DIM];
    uint32_t part; /* 0: A, the largest */
};

struct fnl_split {
    struct fn_person person;
    struct fn_grouping_thresholds thresholds;
    struct fnl_part_face *f;
    size_t n;
    /* by fnl_split_find */
    size_t n_parts, size[FNL_PARTS_MAX];
    int64_t first_s[FNL_PARTS_MAX], last_s[FNL_PARTS_MAX]; /* taken; INT64_MAX, INT64_MIN:
                                                              unknown */
};

/* The faces of a person (id or name), in one part. Finish *ret whatever is returned. */
FN_NODISCARD int fnl_split_load(struct fn_txn *t, const char *who, struct fnl_split *ret,
                                struct fn_error *err);
/* Divides s->f, which it orders. by: enum fnl_split_by. The last letter has all faces of the
 * parts after it. Looks at s alone. -ENOMEM. */
FN_NODISCARD int fnl_split_find(struct fnl_split *s, unsigned by, struct fn_error *err);
void fnl_split_finish(struct fnl_split *s);

/* taken: s->n flags. One part, by its letter, either case: FN_EUSAGE when there is no such one.
 */
FN_NODISCARD int fnl_split_choose_part(const struct fnl_split *s, const char *letter,
                                       bool *taken, struct fn_error *err);
/* One face more. FN_EREFUSED: it is not a face of the person; what: how the user named it. */
FN_NODISCARD int fnl_split_choose_face(const struct fnl_split *s, fn_face_id face,
                                       const char *what, bool *taken, struct fn_error *err);

struct fnl_taking {
    const char *as; /* a person or a name; NULL: a new person without a name */
    /* the result */
    struct fnl_labelling taken; /* its faces are not kept */
    size_t n_taken, n_rest;
};
/* FN_EREFUSED: all or none of the faces would be taken, or labels refuse it. ret counts the
 * faces taken. */
FN_NODISCARD int fnl_split_take(struct fn_library *lib, enum fnl_mode mode,
                                const struct fnl_split *s, const bool *taken,
                                struct fnl_taking *k, struct fnl_act_result *ret,
                                struct fn_error *err);
#endif
