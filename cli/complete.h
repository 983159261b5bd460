/* SPDX-License-Identifier: MIT */
/* What can follow the words of a command line, for the completion of all shells.
 *
 * `fnq complete -- WORDS` writes a line with the kind of names that the shell adds by itself
 * ("words": none, "files", "dirs"), then a line per candidate: the word, and a description
 * after a tab. */
#ifndef FN_CLI_COMPLETE_H
#define FN_CLI_COMPLETE_H

#include "cli/commands.h"

enum fnq_names { FNQ_NAMES_NONE, FNQ_NAMES_FILES, FNQ_NAMES_DIRS };

struct fnq_completing {
    const struct fnq_command *const *all; /* fnq_commands */
    struct fn_library *lib;        /* of the --index, --config and --models among the words */
    const struct fnq_command *cmd; /* NULL: not complete yet */
    const char *group;             /* its first word, when a second one has to follow */
    const char **operands;
    size_t n_operands;        /* before the word at the cursor */
    const struct fn_opt *opt; /* the word is the value of this option, or NULL */
    const char *prefix;       /* "--of=": written before each candidate */
    size_t prefix_n;
    const char *word; /* at the cursor: what a candidate begins with */
    struct fn_buf *out;
    enum fnq_names names;
};

/* candidates.c: writes one candidate if it begins with the word, regardless of ASCII case.
 * note: NULL or a description. */
void fnq_candidate(struct fnq_completing *c, const char *text, const char *note);
bool fnq_is_candidate(const struct fnq_completing *c, const char *text);
/* complete_values.c: the candidates of the option's value, or of the next operand. */
void fnq_complete_value(struct fnq_completing *c);
void fnq_complete_operand(struct fnq_completing *c);
/* The first words of commands and their short forms, or the second words after group. */
void fnq_complete_command(struct fnq_completing *c, const char *group);

#endif
