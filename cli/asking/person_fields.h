/* SPDX-License-Identifier: MIT */
/* The fields of a person in lists. */
#ifndef FN_CLI_ASKING_PERSON_FIELDS_H
#define FN_CLI_ASKING_PERSON_FIELDS_H

#include "cli/library/persons.h"
#include "cli/print/list.h"

/* Puts the fifteen fields that fnq.person/1 begins with: id, name, aliases, photos, faces,
 * confirmed, rejected, first, last, born, hidden, favourite, cover, lookalikes, threshold. */
void fnq_put_person(struct fnq_list *l, struct fn_txn *t, const struct fn_person *p);

#endif
