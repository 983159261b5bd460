/* SPDX-License-Identifier: MIT */
/* One command of fnq: a file of its own, a row in cli/commands.h, a section in fnq(1).
 *
 * The file contains, in this order: `struct options` (the values of the options; omit it when
 * there are none), the option table, `run`, and the row:
 *
 *     struct options {
 *         uint64_t limit;
 *         bool all;
 *     };
 *     static const struct fn_opt table[] = {
 *         OPT_NUMBER(limit, "limit", 0, "N", "at most N people"),
 *         OPT_FLAG(all, "all", 'a', "hidden people too"),
 *         OPT_END,
 *     };
 *     static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv) ...
 *
 *     FNQ_COMMAND(people_list) = {
 *         .name = "people list", .args = "", .group = FNQ_GROUP_EVERYDAY,
 *         .summary = "list people", .examples = "fnq people list\n",
 *         FNQ_TYPED(people_list, table),
 *     };
 *
 * A member with a type other than that of its row does not compile. */
#ifndef FN_CLI_PROGRAM_COMMAND_H
#define FN_CLI_PROGRAM_COMMAND_H

#include <stddef.h>

#include "cli/program/fnq.h"

enum fnq_completion { /* of operands, in a shell */
                      FNQ_COMPLETE_NONE = 0,
                      FNQ_COMPLETE_FILES,
                      FNQ_COMPLETE_PEOPLE,
                      FNQ_COMPLETE_DIRS,
                      FNQ_COMPLETE_LABEL,    /* faces, then a person */
                      FNQ_COMPLETE_ROOTS,    /* folders that are watched */
                      FNQ_COMPLETE_ACTS,     /* of the log, in effect */
                      FNQ_COMPLETE_UNDONE,   /* of the log, undone */
                      FNQ_COMPLETE_KEYS,     /* of the configuration */
                      FNQ_COMPLETE_SETTINGS, /* a key, and its value */
                      FNQ_COMPLETE_HELP,     /* a command or a topic */
                      FNQ_COMPLETE_SHELLS
};

enum fnq_group { /* of commands, in the order of fnq --help; titles: fnq_group_title */
                 FNQ_GROUP_NONE = 0,
                 FNQ_GROUP_EVERYDAY,
                 FNQ_GROUP_PEOPLE,
                 FNQ_GROUP_PHOTOS,
                 FNQ_GROUP_RUNNING,
                 FNQ_GROUP_SETTINGS,
                 FNQ_GROUP_EXPERTS,
                 FNQ_GROUP_HELP,
                 FNQ_GROUPS
};

struct fnq_command {
    const char *name;             /* "people list" */
    const char *args;             /* operands, for the synopsis */
    enum fnq_group group;         /* in fnq --help and fnq(1); none: hidden commands */
    const char *summary;          /* at most 43 columns, no full stop */
    const char *details;          /* more text for --help, or NULL: a line is a paragraph, or,
                                     indented, a row with two spaces between its columns */
    const char *examples;         /* commands, each ended by a line feed */
    const struct fn_opt *options; /* targets are offsets; NULL: none */
    size_t options_size;          /* of struct options */
    const void *defaults;         /* a struct options; NULL: zeros */
    /* argc, argv: operands only, ended by NULL. Returns the exit code. */
    int (*run)(struct fnq_ctx *ctx, const void *options, int argc, char **argv);
    enum fnq_completion operands;
    bool hidden;
};

/* The offset of a member of `struct options`, if it has this type. */
#define FNQ_MEMBER(type, member)                                                               \
    ((void *)(offsetof(struct options, member) +                                               \
              0 * sizeof(char[_Generic(&((struct options *)0)->member, type * : 1)])))
#define OPT_FLAG(member, name, letter, help)                                                   \
    {                                                                                          \
        name, letter, FN_OPT_FLAG, FNQ_MEMBER(bool, member), NULL, help                        \
    }
#define OPT_TEXT(member, name, letter, arg, help)                                              \
    {                                                                                          \
        name, letter, FN_OPT_STRING, FNQ_MEMBER(const char *, member), arg, help               \
    }
#define OPT_NUMBER(member, name, letter, arg, help)                                            \
    {                                                                                          \
        name, letter, FN_OPT_U64, FNQ_MEMBER(uint64_t, member), arg, help                      \
    }
#define OPT_REAL(member, name, letter, arg, help)                                              \
    {                                                                                          \
        name, letter, FN_OPT_DOUBLE, FNQ_MEMBER(double, member), arg, help                     \
    }
#define OPT_LIST(member, name, letter, arg, help)                                              \
    {                                                                                          \
        name, letter, FN_OPT_LIST, FNQ_MEMBER(struct fn_opt_list, member), arg, help           \
    }
#define OPT_END                                                                                \
    {                                                                                          \
        NULL, 0, FN_OPT_FLAG, NULL, NULL, NULL                                                 \
    }

/* Begins the row; run is the file's own function. */
#define FNQ_COMMAND(id)                                                                        \
    static int fnq_run_##id(struct fnq_ctx *ctx, const void *o, int argc, char **argv)         \
    {                                                                                          \
        return run(ctx, o, argc, argv);                                                        \
    }                                                                                          \
    const struct fnq_command fnq_command_##id
#define FNQ_TYPED(id, table)                                                                   \
    .options = table, .options_size = sizeof(struct options), .run = fnq_run_##id
/* A command without options: run(ctx, argc, argv). */
#define FNQ_PLAIN_COMMAND(id)                                                                  \
    static int fnq_run_##id(struct fnq_ctx *ctx, const void *o, int argc, char **argv)         \
    {                                                                                          \
        (void)o;                                                                               \
        return run(ctx, argc, argv);                                                           \
    }                                                                                          \
    const struct fnq_command fnq_command_##id

#endif
