/* SPDX-License-Identifier: MIT */
/* A selection of the faces of an index. */
#ifndef FN_CLI_LIBRARY_FACE_LIST_H
#define FN_CLI_LIBRARY_FACE_LIST_H

#include "cli/library/facts.h"

struct fnl_face_choice {
    const struct fn_person_id *of; /* only faces of this person; NULL: of all */
    bool all;       /* also faces of hidden people, and those labelled as not a face */
    uint64_t limit; /* at most this many; 0: all */
};

/* Visits the chosen faces in order of face id, inside the read transaction t. Faces whose photo
 * has no file are left out. visit returns 0, or the error at which to stop. */
FN_NODISCARD int fnl_faces_each(struct fn_txn *t, const struct fnl_face_choice *choice,
                                int (*visit)(const struct fnl_fact *f, void *arg), void *arg,
                                struct fn_error *err);

#endif
