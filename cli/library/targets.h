/* SPDX-License-Identifier: MIT */
/* Which faces an act is about: ids, FILE:N and queries, resolved inside one read transaction.
 */
#ifndef FN_CLI_LIBRARY_TARGETS_H
#define FN_CLI_LIBRARY_TARGETS_H

#include "cli/library/persons.h"
#include "index/query/query.h"

struct fnl_target {
    fn_face_id face;
    bool by_query; /* found, not named */
};
struct fnl_targets {
    struct fnl_target *t;
    size_t n, cap;
    size_t bad_column; /* of the last query, from 1; 0: it was a good one */
};

/* Runs a query; a bad one gives FN_EUSAGE and the text with a caret under the column on
 * standard error. */
FN_NODISCARD int fnl_query(struct fn_library *lib, const char *text,
                           int (*visit)(const struct fn_photo *p, const fn_face_id *faces,
                                        size_t n, void *arg),
                           void *arg, size_t *ret_column, struct fn_error *err);

/* Adds the faces that what means (a face, FILE:N, or else a query). No face twice. */
FN_NODISCARD int fnl_targets_add(struct fn_library *lib, struct fnl_targets *l,
                                 const char *what, struct fn_error *err);
FN_NODISCARD int fnl_targets_add_query(struct fn_library *lib, struct fnl_targets *l,
                                       const char *query, struct fn_error *err);
/* Drops faces found by a query that are not this person's. */
FN_NODISCARD int fnl_targets_only(struct fn_library *lib, struct fnl_targets *l,
                                  const struct fn_person_id *p, struct fn_error *err);
void fnl_targets_finish(struct fnl_targets *l);

#endif
