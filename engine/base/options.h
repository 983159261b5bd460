/* SPDX-License-Identifier: MIT */
/* Command-line options as a table. One row drives the parser, --help and the shell completions.
 *
 * Options may be before or after operands, and "--" ends them. "-abc" groups flags.
 * "--name=value" and "--name value" both work. A unique prefix of a long name is accepted. */
#ifndef FN_ENGINE_BASE_OPTIONS_H
#define FN_ENGINE_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/error.h"

enum fn_opt_type {
    FN_OPT_FLAG,   /* bool * := true */
    FN_OPT_STRING, /* const char ** := argument (points into argv) */
    FN_OPT_U64,    /* uint64_t * ; suffixes k M G (1024) where the help says so */
    FN_OPT_DOUBLE, /* double * */
    FN_OPT_LIST,   /* struct fn_opt_list *: may be repeated */
};

struct fn_opt_list {
    const char *items[64];
    size_t n;
};

struct fn_opt {
    const char *name; /* long name without dashes */
    char letter;      /* 0: none */
    enum fn_opt_type type;
    void *target;
    const char *arg;  /* name of the argument for --help, NULL for flags */
    const char *help; /* one line */
};

/* Parses argv[1..argc) against up to n_tables tables. A row in an earlier table takes
 * precedence. Every table ends with a row whose name is NULL. Operands are moved to the front
 * of argv+1 in order; *ret_n_operands is their number. FN_EUSAGE with a message that names the
 * bad option, and a similar one if there is one. */
FN_NODISCARD int fn_options_parse(int argc, char **argv, const struct fn_opt *const *tables,
                                  size_t n_tables, size_t *ret_n_operands,
                                  struct fn_error *err);

/* Appends the " -x, --name ARG help" lines of one table. */
void fn_options_help(struct fn_buf *out, const struct fn_opt *table);

#endif
