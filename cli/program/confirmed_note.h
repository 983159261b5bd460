/* SPDX-License-Identifier: MIT */
/* Which confirmed faces cannot be used, on standard error. */
#ifndef FN_CLI_PROGRAM_CONFIRMED_NOTE_H
#define FN_CLI_PROGRAM_CONFIRMED_NOTE_H

#include "cli/library/confirmed.h"
#include "cli/program/fnq.h"

void fnq_labelled_note(const struct fnq_ctx *ctx, const struct fnl_labelled *l);

#endif
