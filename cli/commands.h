/* SPDX-License-Identifier: MIT */
/* Every command of fnq: one row each, in the order of fnq --help within the command's group.
 * Commands with one first word are next to each other. */
#ifndef FN_CLI_COMMANDS_H
#define FN_CLI_COMMANDS_H

#include "cli/program/command.h"

/* clang-format off */
#define FNQ_COMMANDS(X) \
    X(who) \
    X(find) \
    X(show) \
    X(people_list) \
    X(people_show) \
    X(people_name) \
    X(people_merge) \
    X(people_split) \
    X(people_hide) \
    X(people_unhide) \
    X(like) \
    X(faces_list) \
    X(faces_show) \
    X(faces_crop) \
    X(photos_show) \
    X(files) \
    X(label) \
    X(confirm) \
    X(reject) \
    X(notface) \
    X(why) \
    X(log) \
    X(labels_lost) \
    X(undo) \
    X(redo) \
    X(status) \
    X(watch_list) \
    X(watch_add) \
    X(watch_remove) \
    X(scan) \
    X(pause) \
    X(resume) \
    X(doctor) \
    X(config_list) \
    X(config_get) \
    X(config_set) \
    X(config_path) \
    X(model_import) \
    X(model_list) \
    X(model_show) \
    X(model_install) \
    X(model_export) \
    X(export_labels) \
    X(import_labels) \
    X(embed) \
    X(train) \
    X(plot_runs) \
    X(plot_train) \
    X(eval_lfw) \
    X(eval_ytf) \
    X(eval_pairs) \
    X(eval_identities) \
    X(eval_clusters) \
    X(eval_calibrate) \
    X(eval_projection) \
    X(eval_sensitivity) \
    X(eval_baselines) \
    X(eval_compare) \
    X(help) \
    X(complete) \
    X(completions)
/* clang-format on */

extern const struct fnq_command *const fnq_commands[]; /* ends with NULL */
extern const struct fn_opt fnq_global_options[];       /* offsets into struct fnq_globals */

#define FNQ_EACH_COMMAND(c)                                                                    \
    for (const struct fnq_command *const *at_##c = fnq_commands, *c = *at_##c; c; c = *++at_##c)

/* Short forms of commands, in the order of fnq --help. A group whose second word is no command
 * is one too: "fnq photos ann". */
struct fnq_alias {
    const char *word, *command;
};
extern const struct fnq_alias fnq_aliases[]; /* ends with a NULL word */

/* Returns NULL if there is no such command. */
const struct fnq_command *fnq_find_command(const char *name);
/* The command that a short form stands for; NULL if it is none. */
const struct fnq_command *fnq_find_alias(const char *word);
/* Is this the first word of several commands? */
bool fnq_is_group(const char *word);
/* Appends the commands of `all` that may have been meant, "people show, faces show"; nothing if
 * there are none. second: the next word, or NULL. */
void fnq_near_commands(struct fn_buf *out, const struct fnq_command *const *all,
                       const struct fnq_alias *aliases, const char *first, const char *second);

/* The message for words that are no command. Returns the exit code. */
FN_NODISCARD int fnq_no_command(const char *first, const char *second);

/* First words of several commands: "people". */
struct fnq_word {
    const char *word, *saying;
};
extern const struct fnq_word fnq_words[]; /* ends with a NULL word */

/* "list, name and sort the people"; "" if it is no first word. */
const char *fnq_word_saying(const char *word);

/* The pages of help (cmd_help.c). They append text to out with lines of any length, and
 * fnq_help_fold fits all that o has to its terminal, or to 80 columns. */
#define FNQ_TOPIC_OPTIONS "options"
void fnq_help_command(struct fn_buf *out, const struct fnq_command *c);
void fnq_help_overview(struct fn_buf *out);
void fnq_help_options(struct fn_buf *out);
/* The page of the first word of several commands, and only their rows. */
void fnq_help_word(struct fn_buf *out, const char *word);
void fnq_help_words(struct fn_buf *out, const char *word);
void fnq_help_fold(struct fnq_out *o);
/* "Everyday"; NULL: no group. */
const char *fnq_group_title(enum fnq_group g);
/* "people" of "people list": the row's text in fnq_words; of one word: the whole name. */
const char *fnq_first_word(const struct fnq_command *c);

#endif
