/* SPDX-License-Identifier: MIT */
/* File operands. */
#ifndef FN_CLI_PROGRAM_OPERANDS_H
#define FN_CLI_PROGRAM_OPERANDS_H

#include "cli/program/fnq.h"

/* Calls visit for every operand; "-" reads a list from standard input, a name per line (ended
 * by NUL with -0). Stops when visit returns non-zero, and returns that. */
int fnq_each_file(struct fnq_ctx *ctx, int argc, char **argv,
                  int (*visit)(struct fnq_ctx *ctx, const char *path, void *arg), void *arg);
/* Prints the query with a caret under the column of the error, on standard error. */
void fnq_caret(const char *query, size_t column);

#endif
