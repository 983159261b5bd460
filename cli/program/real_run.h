/* SPDX-License-Identifier: MIT */
/* The command that does what a dry run only printed. */
#ifndef FN_CLI_PROGRAM_REAL_RUN_H
#define FN_CLI_PROGRAM_REAL_RUN_H

#include <stdbool.h>

#include "engine/base/buf.h"

/* Appends the command line argv (ended by NULL), quoted for a shell, without --dry-run and
 * without the sheet of a preview; yes: with --yes, unless it has it. */
void fnq_real_run(struct fn_buf *out, char *const *argv, bool yes);

#endif
