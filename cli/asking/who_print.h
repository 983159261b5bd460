/* SPDX-License-Identifier: MIT */
/* What fnq who prints about one file. */
#ifndef FN_CLI_ASKING_WHO_PRINT_H
#define FN_CLI_ASKING_WHO_PRINT_H

#include "cli/library/look.h"
#include "cli/print/list.h"

/* A row is a face; JSON has an object for each file, with its faces in it. */
extern const struct fnq_list_kind fnq_who_kind;

/* The same for a terminal. */
void fnq_who_text(struct fnq_out *o, const struct fnl_look *look);

void fnq_who_file(struct fnq_list *list, const struct fnl_look *l);

#endif
