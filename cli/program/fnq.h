/* SPDX-License-Identifier: MIT */
/* What every command of fnq uses: the global options, the library, the printer, and messages.
 *
 * A command reads inside one read transaction (fnq_read_begin), writes its output into the
 * printer (print/output.h, memory only) and ends the transaction. Only then are bytes written
 * to standard output, so a pager that waits never keeps a transaction open.
 *
 * Exit codes are those of fnq(1). Errors are one message on standard error: "fnq: WHERE: WHAT.
 * WHAT TO DO." */
#ifndef FN_CLI_PROGRAM_FNQ_H
#define FN_CLI_PROGRAM_FNQ_H

#include "cli/library/act.h"
#include "cli/library/library.h"
#include "cli/print/output.h"
#include "engine/base/exit_code.h"
#include "engine/base/options.h"

/* Options that every command takes. */
struct fnq_globals {
    bool help, version, quiet, no_daemon, dry_run, yes;
    bool json, jsonl, csv, nul;
    const char *index, *config, *models, *color;
    uint64_t schema;
};

struct fnq_command;

struct fnq_ctx {
    struct fnq_globals o;
    const struct fnq_command *cmd;
    struct fn_library *lib;
    struct fnq_out out;
    char *const *argv; /* the command line as it was given */
    bool needs_yes;    /* set by a dry run: the real run asks, unless it has --yes */
    bool acted;        /* an act is in the log, so this run has not failed */
    uint64_t act;      /* its number; 0: unknown, or several */
};

/* The library's read transaction. */
FN_NODISCARD int fnq_read_begin(struct fnq_ctx *ctx, struct fn_error *err);
void fnq_read_end(struct fnq_ctx *ctx);
/* The configuration in effect. */
FN_NODISCARD int fnq_config(struct fnq_ctx *ctx, const struct fn_config **ret,
                            struct fn_error *err);
/* With --dry-run everything is checked and nothing is stored. */
enum fnl_mode fnq_mode(const struct fnq_ctx *ctx);

/* Prints "fnq: WHERE: WHAT. TODO" and returns the exit code for err. where, todo: NULL when
 * there is none; for some codes there is a default todo. */
FN_NODISCARD int fnq_fail(struct fnq_ctx *ctx, const struct fn_error *err, const char *where,
                          const char *todo);
/* The same from a format: the whole message after "fnq: ". */
FN_NODISCARD int fnq_say(int exit_code, const char *fmt, ...) FN_PRINTF(2, 3);
/* A message on standard error, not with -q. */
void fnq_note(const struct fnq_ctx *ctx, const char *fmt, ...) FN_PRINTF(2, 3);
/* Usage error of the running command, with its synopsis. */
FN_NODISCARD int fnq_usage(const struct fnq_ctx *ctx, const char *fmt, ...) FN_PRINTF(2, 3);

#endif
