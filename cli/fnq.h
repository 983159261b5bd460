/* SPDX-License-Identifier: MIT */
/* fnq: the command line of the index.
 *
 * main.c finds the command in the table of commands.c, parses the options, and calls its run
 * function, which returns the exit code. A command reads inside one read transaction
 * (fnq_read_begin), writes what it has to say into the printer (output.h, memory only), ends
 * the transaction, and only then are bytes written to standard output: a pager that waits never
 * pins pages of the index. What the user says goes through write.h, in one short write
 * transaction.
 *
 * Exit codes are those of fnq(1). Errors are one sentence on standard error: "fnq: WHERE: WHAT.
 * WHAT TO DO."
 */
#ifndef FN_CLI_FNQ_H
#define FN_CLI_FNQ_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/output.h"
#include "engine/base/config.h"
#include "engine/base/options.h"
#include "engine/base/paths.h"
#include "index/people/people.h"

enum fnq_exit {
    FNQ_OK = 0,
    FNQ_NO = 1,          /* the answer is no */
    FNQ_USAGE = 2,       /* bad option, bad query */
    FNQ_PARTLY = 3,      /* some inputs failed */
    FNQ_UNREACHABLE = 4, /* index or daemon; or another writer holds the lock */
    FNQ_INPUT = 5,       /* missing, corrupt, unsupported, too large */
    FNQ_REFUSED = 6,     /* contradicts what the user said; nothing changed */
    FNQ_DAMAGED = 7,     /* index damaged or newer than this program */
    FNQ_SYSTEM = 8,      /* no space, read-only, permission */
    FNQ_SCHEMA = 20,     /* --schema=N is not available */
    FNQ_INTERRUPTED = 130,
};

/* Every option of every command; one meaning per name. Defaults are set by fnq_opts_init. */
struct fnq_opts {
    /* global */
    bool help, version, quiet, verbose, no_daemon, dry_run, yes;
    bool json, jsonl, csv, nul;
    const char *index, *config, *models, *color;
    uint64_t schema;
    /* who, like, find, lists */
    double min_p;
    uint64_t top, limit, k, px;
    const char *crop, *draw, *sheet, *output, *sort, *of, *person, *out;
    bool all, exact, bad, missing, watch, deep, accept, show_origin;
    /* people and labels */
    bool fresh, take_all, unnamed, batch, atomic, acts, training;
    uint64_t max_photos;
    const char *take, *as, *by, *query, *until;
    /* model import */
    const char *name, *recipe, *role, *origin, *licence;
    bool layers;
    /* eval */
    const char *profile, *model, *pairs, *mode, *slices, *plot, *people, *train;
    double crop_share;
    uint64_t frames;
    bool flip;
    /* train */
    const char *batch_shape, *loss, *select, *mining, *margin, *optimizer, *rate, *schedule,
        *freeze_before, *size, *share, *hold_out;
    uint64_t steps, dim, threads, seed, checkpoint_every, eval_every;
    struct fn_opt_list set;
    bool resume, labels;
};

struct fn_steady_worker;

struct fnq_ctx {
    struct fnq_opts o;
    const struct fnq_command *cmd;
    struct fnq_out out;
    /* opened when first needed */
    struct fn_config_file *config;
    struct fn_store *store;
    unsigned store_flags; /* it was opened with */
    struct fn_txn *read;  /* the one read transaction, NULL outside */
    struct fn_steady_worker *worker;
    char profile[64]; /* of the index, for the worker; "": the configured one */
    char index_dir[FN_PATH_MAX], labels_log[FN_PATH_MAX], socket[FN_PATH_MAX];
};

enum fnq_completion {
    FNQ_COMPLETE_NONE = 0,
    FNQ_COMPLETE_FILES,
    FNQ_COMPLETE_PEOPLE,
    FNQ_COMPLETE_DIRS
};

struct fnq_command {
    const char *name;             /* "people list" */
    const char *args;             /* operands, for the synopsis */
    const char *summary;          /* one line, no full stop */
    const char *details;          /* more for --help, or NULL */
    const struct fn_opt *options; /* targets are offsets into struct fnq_opts (FNQ_AT) */
    int (*run)(struct fnq_ctx *ctx, int argc, char **argv); /* operands only */
    enum fnq_completion operands;
    bool hidden;
};

/* A target in a constant option table: the offset into struct fnq_opts, made an address by
 * fnq_options_bind. */
#define FNQ_AT(field) ((void *)offsetof(struct fnq_opts, field))
#define FNQ_OPT_END                                                                            \
    {                                                                                          \
        NULL, 0, FN_OPT_FLAG, NULL, NULL, NULL                                                 \
    }
enum { FNQ_OPTIONS_MAX = 32 };

extern const struct fnq_command fnq_commands[]; /* ends with a NULL name */
extern const struct fn_opt fnq_global_options[];

void fnq_opts_init(struct fnq_opts *o);
/* Copies table with targets pointing into o; at most FNQ_OPTIONS_MAX rows with the end. */
void fnq_options_bind(const struct fn_opt *table, struct fnq_opts *o,
                      struct fn_opt out[FNQ_OPTIONS_MAX]);

/* ---- ctx.c ---- */

/* The index for reading; NULL after having said why. */
FN_NODISCARD int fnq_read_begin(struct fnq_ctx *ctx, struct fn_error *err);
void fnq_read_end(struct fnq_ctx *ctx);
FN_NODISCARD int fnq_store_open(struct fnq_ctx *ctx, unsigned flags, struct fn_error *err);
/* Configuration in force (file, environment, built-in). */
FN_NODISCARD int fnq_config(struct fnq_ctx *ctx, const struct fn_config **ret,
                            struct fn_error *err);
/* Fills index_dir, labels_log and socket. */
FN_NODISCARD int fnq_places(struct fnq_ctx *ctx, struct fn_error *err);
void fnq_ctx_finish(struct fnq_ctx *ctx);

/* Prints "fnq: WHERE: WHAT. TODO" and gives the exit code for err. where, todo: NULL when there
 * is none; a todo that fits the code is put in when there is a usual one. */
FN_NODISCARD int fnq_fail(struct fnq_ctx *ctx, const struct fn_error *err, const char *where,
                          const char *todo);
/* The same from a format: the whole sentence after "fnq: ". */
FN_NODISCARD int fnq_say(int exit_code, const char *fmt, ...) FN_PRINTF(2, 3);
void fnq_note(const struct fnq_ctx *ctx, const char *fmt, ...)
    FN_PRINTF(2, 3); /* stderr, not with -q */
int fnq_exit_of(int code);
/* Usage error of the running command, with its synopsis. */
FN_NODISCARD int fnq_usage(const struct fnq_ctx *ctx, const char *fmt, ...) FN_PRINTF(2, 3);

/* ---- help.c ---- */
void fnq_help_command(struct fn_buf *out, const struct fnq_command *c);
void fnq_help_overview(struct fn_buf *out);
void fnq_help_group(struct fn_buf *out, const char *group);
const struct fnq_command *fnq_command_find(const char *name);
bool fnq_is_group(const char *word);

#endif
