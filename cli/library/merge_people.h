/* SPDX-License-Identifier: MIT */
/* Merging two people. */
#ifndef FN_CLI_LIBRARY_MERGE_PEOPLE_H
#define FN_CLI_LIBRARY_MERGE_PEOPLE_H

#include "cli/library/persons.h"

enum { FNL_MERGE_PHOTOS = 4 };

struct fnl_merging {
    const char *from_who, *into_who; /* ids or names */
    bool take_all;                   /* also faces that share a photo with the other person */
    /* the result */
    struct fn_person from, into; /* as they were before */
    struct fn_person_id into_id; /* afterwards: an unnamed person gets a permanent one */
    /* Faces of `from` in photos with a face of `into`: the same-photo rule forbids that. They
     * are not moved, unless take_all is set or a user confirmed them. */
    fn_face_id *conflict;
    size_t n_conflicts, n_stay;
    fn_photo_id photos[FNL_MERGE_PHOTOS]; /* of the first of them */
    size_t n_photos;
};
/* ret->n_changed: the faces that are moved. FN_EREFUSED: both are the same person, or labels
 * conflict with it. Finish m even on failure. */
FN_NODISCARD int fnl_merge_people(struct fn_library *lib, enum fnl_mode mode,
                                  struct fnl_merging *m, struct fnl_act_result *ret,
                                  struct fn_error *err);
void fnl_merging_finish(struct fnl_merging *m);

#endif
