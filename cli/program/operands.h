/* SPDX-License-Identifier: MIT */
/* File operands, and errors of queries. */
#ifndef FN_CLI_PROGRAM_OPERANDS_H
#define FN_CLI_PROGRAM_OPERANDS_H

#include "cli/program/fnq.h"

/* Calls visit for every operand; "-" reads a list from standard input, a name per line (ended
 * by NUL with -0). Stops when visit returns non-zero, and returns that. */
int fnq_each_file(struct fnq_ctx *ctx, int argc, char **argv,
                  int (*visit)(struct fnq_ctx *ctx, const char *path, void *arg), void *arg);
/* fnq_fail, then the query with a caret below the byte `column`, from 1. query: NULL, or
 * column 0: the error is not in a query. */
FN_NODISCARD int fnq_query_fail(struct fnq_ctx *ctx, const struct fn_error *err,
                                const char *where, const char *query, size_t column);

#endif
