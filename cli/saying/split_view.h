/* SPDX-License-Identifier: MIT */
/* The parts of a person, printed and as a contact sheet. */
#ifndef FN_CLI_SAYING_SPLIT_VIEW_H
#define FN_CLI_SAYING_SPLIT_VIEW_H

#include "cli/library/split_person.h"
#include "cli/program/fnq.h"

void fnq_print_parts(struct fnq_ctx *ctx, const struct fnl_split *s);
/* Reads the paths of the photos from the index, in its own read transaction. */
FN_NODISCARD int fnq_write_parts_sheet(struct fnq_ctx *ctx, const struct fnl_split *s,
                                       const char *path, struct fn_error *err);

#endif
