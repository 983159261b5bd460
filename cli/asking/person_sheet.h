/* SPDX-License-Identifier: MIT */
/* Contact sheets of people. */
#ifndef FN_CLI_ASKING_PERSON_SHEET_H
#define FN_CLI_ASKING_PERSON_SHEET_H

#include "cli/library/persons.h"
#include "cli/program/sheet_save.h"

/* Adds a heading and the faces of a person, best quality first. With more faces than cells, the
 * last cell is "and N more". */
void fnq_sheet_person(struct fn_txn *t, struct fnl_sheet *s, const struct fn_person *p,
                      size_t cells);
/* Ends the read transaction, cuts the faces out of their photos and writes the sheet, and
 * prints a message on standard error. Returns the exit code. */
FN_NODISCARD int fnq_write_sheet(struct fnq_ctx *ctx, struct fnl_sheet *s, const char *title,
                                 const char *path);

#endif
