/* SPDX-License-Identifier: MIT */
/* The end of every --sheet: the files, and what a user is told about them. */
#ifndef FN_CLI_PROGRAM_SHEET_SAVE_H
#define FN_CLI_PROGRAM_SHEET_SAVE_H

#include "cli/library/sheet.h"
#include "cli/program/fnq.h"

/* Writes the sheet, no transaction being open; adds "sheets", the list of its files, to the
 * JSON object that was written last; and prints on standard error what was written. */
FN_NODISCARD int fnq_sheet_save(struct fnq_ctx *ctx, struct fnl_sheet *s, const char *title,
                                const char *path, struct fn_error *err);
/* Says which letters had no font; nothing for "". */
void fnq_note_missing(const struct fnq_ctx *ctx, const char *missing);
/* The name of a file without its folders. */
const char *fnq_file_name(const char *path);

#endif
