/* SPDX-License-Identifier: MIT */
/* The fields of a face in lists, and its caption. */
#ifndef FN_CLI_ASKING_FACE_FIELDS_H
#define FN_CLI_ASKING_FACE_FIELDS_H

#include "cli/library/facts.h"
#include "cli/print/list.h"

/* Puts the nine fields that every list of fnq.face/1 begins with: face, photo, paths, box,
 * score, quality, state, person (its id, in a column), and the person's name (only a column).
 */
void fnq_put_face(struct fnq_list *l, struct fn_txn *t, const struct fnl_fact *f);
/* Puts how certain the person is: the probability, the squared distance, and the nearest other
 * person. */
void fnq_put_certainty(struct fnq_list *l, const struct fnl_fact *f);
/* "Ann Berg", "unnamed p44dabcd, in 2 photos", "unknown", "not a face": for text. */
void fnq_who_words(const struct fnl_fact *f, char *out, size_t size);
/* Name or short id of the person, "unknown" or "not a face". */
void fnq_caption(const struct fnl_fact *f, char *out, size_t size);

#endif
