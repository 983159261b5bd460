/* SPDX-License-Identifier: MIT */
/* People as a user refers to them, their faces, and permanent ids for unnamed people. */
#ifndef FN_CLI_LIBRARY_PERSONS_H
#define FN_CLI_LIBRARY_PERSONS_H

#include "cli/library/facts.h"
#include "cli/library/act.h"

/* The person that `what` refers to, by the rules of fn_person_find: the same for every command
 * and for queries. */
FN_NODISCARD int fnl_person_find(struct fn_txn *t, const char *what, struct fn_person *ret,
                                 struct fn_error *err);

/* How many of the first of n > 0 words are one name, or whole words of one; at least 1. As in a
 * query: "ann berg tom" begins with two if there is an Ann Berg. -ENOMEM, errors of the index.
 */
FN_NODISCARD int fnl_person_words(struct fn_txn *t, char *const *words, size_t n, size_t *ret,
                                  struct fn_error *err);

struct fnl_ids {
    fn_face_id *id;
    size_t n, cap;
};
FN_NODISCARD int fnl_ids_add(struct fnl_ids *l, fn_face_id id);
/* The faces of a person in content order. */
FN_NODISCARD int fnl_person_faces(struct fn_txn *t, const struct fn_person_id *id,
                                  struct fnl_ids *ret, struct fn_error *err);
void fnl_ids_finish(struct fnl_ids *l);

/* The id of an unnamed person depends on its faces. Before an act refers to the person, it gets
 * a permanent id and a cluster label for its faces. For a person that a user created, *ret is
 * the existing id. FN_EREFUSED: the person has no name and no photos any more. */
FN_NODISCARD int fnl_person_keep(struct fn_txn *t, struct fnl_act *act,
                                 const struct fn_person *p, struct fn_person_id *ret,
                                 struct fn_error *err);
/* FN_EREFUSED if an id was found of which nothing is left: no name and no face. */
FN_NODISCARD int fnl_person_check_left(const struct fn_person *p, struct fn_error *err);
/* True when a user created this person (a name, a confirmed face, a hidden mark): its id is
 * permanent. */
bool fnl_person_is_kept(struct fn_txn *t, const struct fn_person *p);

#endif
