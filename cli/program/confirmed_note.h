/* SPDX-License-Identifier: MIT */
/* The message about confirmed faces that cannot be used, on standard error. */
#ifndef FN_CLI_PROGRAM_CONFIRMED_NOTE_H
#define FN_CLI_PROGRAM_CONFIRMED_NOTE_H

#include "cli/program/fnq.h"

/* Counts of struct fnl_labelled. */
void fnq_labelled_note(const struct fnq_ctx *ctx, size_t n_missing, size_t n_unnamed);

#endif
