/* SPDX-License-Identifier: MIT */
/* The faces of an act: ids, FILE:N and queries, resolved inside one read transaction. */
#ifndef FN_CLI_LIBRARY_TARGETS_H
#define FN_CLI_LIBRARY_TARGETS_H

#include "cli/library/persons.h"
#include "index/query/query.h"

struct fnl_target {
    fn_face_id face;
    bool by_query; /* found by a query, not listed by the user */
};
struct fnl_targets {
    struct fnl_target *t;
    size_t n, cap;
    char *bad_query;   /* the query that is wrong; NULL: none */
    size_t bad_column; /* where, from 1 */
};

/* Appends an operand to a query. An operand that the shell kept together is a name if it is
 * exactly one: "Tom and Jerry" is that person if there is such a person, else a query. */
FN_NODISCARD int fnl_query_operand(struct fn_library *lib, const char *text, struct fn_buf *out,
                                   struct fn_error *err);

/* Runs a query inside the read transaction. A bad query is FN_EUSAGE, and *ret_column (may be
 * NULL) is the column of the error, from 1; otherwise *ret_column is 0. */
FN_NODISCARD int fnl_query(struct fn_library *lib, const char *text,
                           int (*visit)(const struct fn_photo *p, const fn_face_id *faces,
                                        size_t n, void *arg),
                           void *arg, size_t *ret_column, struct fn_error *err);

/* Adds the faces that what refers to (a face, FILE:N, or else a query). No face is added twice.
 */
FN_NODISCARD int fnl_targets_add(struct fn_library *lib, struct fnl_targets *l,
                                 const char *what, struct fn_error *err);
FN_NODISCARD int fnl_targets_add_query(struct fn_library *lib, struct fnl_targets *l,
                                       const char *query, struct fn_error *err);
/* Drops faces found by a query that are not this person's. */
FN_NODISCARD int fnl_targets_only(struct fn_library *lib, struct fnl_targets *l,
                                  const struct fn_person_id *p, struct fn_error *err);
void fnl_targets_finish(struct fnl_targets *l);

#endif
