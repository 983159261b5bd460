/* SPDX-License-Identifier: MIT */
/* Dividing a person into parts, and taking faces out of a person.
 *
 * By appearance: the faces are clustered again by the rule of the index, at lower and lower
 * thresholds, until there is more than one part. By age: divided where no photo was taken for
 * two years. Both: each part by appearance is also divided by age. Parts are ordered by size,
 * so the letters are always the same for the same index.
 *
 * Taking faces out labels all faces of the person: those taken are confirmed as the other
 * person, and the rest are rejected as that person. */
#ifndef FN_CLI_LIBRARY_SPLIT_PERSON_H
#define FN_CLI_LIBRARY_SPLIT_PERSON_H

#include "cli/library/label_faces.h"
#include "index/grouping/grouping.h"

enum { FNL_PARTS_MAX = 26 };
enum fnl_split_by { FNL_SPLIT_APPEARANCE = 1, FNL_SPLIT_AGE = 2 }; /* flags, can be combined */

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
    /* set by fnl_split_find */
    size_t n_parts, size[FNL_PARTS_MAX];
    int64_t first_s[FNL_PARTS_MAX], last_s[FNL_PARTS_MAX]; /* taken; INT64_MAX, INT64_MIN:
                                                              unknown */
};

/* Reads the faces of a person (id or name), as one part. Finish *ret even on failure. */
FN_NODISCARD int fnl_split_load(struct fn_txn *t, const char *who, struct fnl_split *ret,
                                struct fn_error *err);
/* Divides s->f into parts, and sorts it. by: enum fnl_split_by. The last letter includes the
 * faces of all further parts. Reads only s. -ENOMEM. */
FN_NODISCARD int fnl_split_find(struct fnl_split *s, unsigned by, struct fn_error *err);
void fnl_split_finish(struct fnl_split *s);

/* Sets the flags of one part in taken (s->n flags). letter: in either case. FN_EUSAGE when
 * there is no such part. */
FN_NODISCARD int fnl_split_choose_part(const struct fnl_split *s, const char *letter,
                                       bool *taken, struct fn_error *err);
/* Sets the flag of one more face. FN_EREFUSED: it is not a face of the person. what: the user's
 * text for it. */
FN_NODISCARD int fnl_split_choose_face(const struct fnl_split *s, fn_face_id face,
                                       const char *what, bool *taken, struct fn_error *err);

struct fnl_taking {
    const char *as; /* a person or a name; NULL: a new person without a name */
    /* the result */
    struct fnl_labelling taken; /* without its list of faces */
    size_t n_taken, n_rest;
};
/* FN_EREFUSED: all or none of the faces would be taken, or labels conflict with it. ret counts
 * the faces taken. */
FN_NODISCARD int fnl_split_take(struct fn_library *lib, enum fnl_mode mode,
                                const struct fnl_split *s, const bool *taken,
                                struct fnl_taking *k, struct fnl_act_result *ret,
                                struct fn_error *err);
#endif
