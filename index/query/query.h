/* SPDX-License-Identifier: MIT */
/* The query language of `fnq find`: and or not ( ) only: with:unknown faces: date: path: state:
 * quality>= size>= p>= missing: and person names. FN_EUSAGE carries the column, for the caret.
 */
#ifndef FN_INDEX_QUERY_H
#define FN_INDEX_QUERY_H

#include "engine/base/buf.h"
#include "index/people/people.h"

struct fn_query;
/* FN_EUSAGE: *ret_column is the byte of the error, from 1. */
FN_NODISCARD int fn_query_parse(struct fn_txn *t, const char *text, struct fn_query **ret,
                                size_t *ret_column, struct fn_error *err);
void fn_query_destroy(struct fn_query *q);
/* Visits matching photos in order of time taken (unknown last), then id. faces/n: the faces of
 * the photo that made person and face terms true (all of them when the query has none). */
int fn_query_run(struct fn_txn *t, const struct fn_query *q,
                 int (*visit)(const struct fn_photo *p, const fn_face_id *faces, size_t n,
                              void *ctx),
                 void *ctx);

/* Appends a name as one word of a query, in quotes. */
void fn_query_write_name(struct fn_buf *out, const char *name);
/* Appends the shortest query that finds this person: the name, if it is enough; else the name
 * in quotes; else the id. name: "" if the person has none. */
void fn_query_write_person(struct fn_txn *t, const struct fn_person_id *id, const char *name,
                           struct fn_buf *out);

#endif
