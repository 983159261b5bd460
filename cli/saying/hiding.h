/* SPDX-License-Identifier: MIT */
/* What people hide and people unhide share. */
#ifndef FN_CLI_SAYING_HIDING_H
#define FN_CLI_SAYING_HIDING_H

#include "cli/library/hide_people.h"
#include "cli/program/fnq.h"

/* Does it for the people in argc, argv and prints the result; returns the exit code. */
FN_NODISCARD int fnq_hide_people(struct fnq_ctx *ctx, struct fnl_hiding *h, int argc,
                                 char **argv);

#endif
