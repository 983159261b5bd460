/* SPDX-License-Identifier: MIT */
/* What fnq find prints, by --output. */
#ifndef FN_CLI_ASKING_FIND_PRINT_H
#define FN_CLI_ASKING_FIND_PRINT_H

#include "cli/library/find_photos.h"
#include "cli/print/output.h"

/* Prints the photos found, inside the read transaction t. */
typedef int fnq_find_print(struct fnq_out *out, struct fn_txn *t, const struct fnl_finds *f,
                           struct fn_error *err);
fnq_find_print fnq_find_files, fnq_find_photos, fnq_find_faces, fnq_find_people, fnq_find_count;
/* The last line on a terminal: the text `what`, then "3 of 60 photos". */
void fnq_find_summary(struct fnq_out *out, const char *what, const struct fnl_finds *f);

#endif
