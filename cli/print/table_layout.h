/* SPDX-License-Identifier: MIT */
/* A table as text: which columns a terminal has space for, and how wide they are. */
#ifndef FN_CLI_PRINT_TABLE_LAYOUT_H
#define FN_CLI_PRINT_TABLE_LAYOUT_H

#include "cli/print/output.h"

/* Sets t->shown and t->width. Columns without any text are left out. If the rest is wider than
 * the terminal: columns with the highest `drop` are left out, and then the next, until those
 * that can be shortened are readable: FNQ_READABLE columns wide, or all they need. If that is
 * not enough, they get less, and at last all columns do. */
enum { FNQ_READABLE = 20 };
void fnq_table_fit(struct fnq_table *t);

/* Prints heading and rows of the table into t->out. */
void fnq_print_table(struct fnq_table *t);

#endif
