/* SPDX-License-Identifier: MIT */
/* Which faces an act is about: ids, FILE:N and queries, resolved inside one read transaction.
 */
#ifndef FN_CLI_TARGETS_H
#define FN_CLI_TARGETS_H

#include "cli/people_common.h"
#include "index/query/query.h"

struct fnq_target {
    fn_face_id face;
    bool by_query; /* found, not named */
};
struct fnq_targets {
    struct fnq_target *t;
    size_t n, cap;
};

/* Runs a query; a bad one gives FN_EUSAGE and the text with a caret under the column on
 * standard error. */
FN_NODISCARD int fnq_query(struct fnq_ctx *ctx, const char *text,
                           int (*visit)(const struct fn_photo *p, const fn_face_id *faces,
                                        size_t n, void *arg),
                           void *arg, struct fn_error *err);

/* Adds the faces that what means (a face, FILE:N, or else a query). No face twice. */
FN_NODISCARD int fnq_targets_add(struct fnq_ctx *ctx, struct fnq_targets *l, const char *what,
                                 struct fn_error *err);
FN_NODISCARD int fnq_targets_add_query(struct fnq_ctx *ctx, struct fnq_targets *l,
                                       const char *query, struct fn_error *err);
/* Drops faces found by a query that are not this person's. */
FN_NODISCARD int fnq_targets_only(struct fnq_ctx *ctx, struct fnq_targets *l,
                                  const struct fn_person_id *p, struct fn_error *err);
void fnq_targets_finish(struct fnq_targets *l);

#endif
