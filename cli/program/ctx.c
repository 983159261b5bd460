/* SPDX-License-Identifier: MIT */
/* Error messages and other messages. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/program/command.h"
#include "cli/program/fnq.h"
#include "engine/base/status_line.h"
#include "engine/base/utf8.h"

int fnq_read_begin(struct fnq_ctx *ctx, struct fn_error *err)
{
    return fnl_read_begin(ctx->lib, err);
}

void fnq_read_end(struct fnq_ctx *ctx)
{
    if (ctx->lib)
        fnl_read_end(ctx->lib);
}

int fnq_config(struct fnq_ctx *ctx, const struct fn_config **ret, struct fn_error *err)
{
    return fnl_config(ctx->lib, ret, err);
}

enum fnl_mode fnq_mode(const struct fnq_ctx *ctx)
{
    return ctx->o.dry_run ? FNL_TRY : FNL_KEEP;
}

static const char *usual_todo(int code)
{
    switch (code) {
    case FN_EBUSY:
        return "Try again in a moment";
    case FN_EVERSION:
        return "Use the newer program that wrote it";
    case FN_ECORRUPT:
        return "Labels are safe in labels.log. Check the index: fnq doctor --deep";
    case -ENOSPC:
    case -EDQUOT:
        return "Free some space";
    default:
        return NULL;
    }
}

/* Writes to standard error, with control characters replaced: the text may contain names and
 * paths from other people. */
static void complain(const char *text)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_buf_str(&b, "fnq: ");
    fn_utf8_printable(&b, text, strlen(text));
    fn_message(fn_buf_cstr(&b));
    fn_buf_finish(&b);
}

int fnq_fail(struct fnq_ctx *ctx, const struct fn_error *err, const char *where,
             const char *todo)
{
    char line[FN_PATH_MAX + 1024];
    fnq_read_end(ctx);
    const char *text = err->text[0] ? err->text : fn_strerror(err->code);
    if (!todo)
        todo = usual_todo(err->code);
    size_t n = strlen(text);
    /* The text may already contain what to do. That is often a command, which has no full stop
     * at its end. */
    const char *stop =
        (n && strchr(".?!", text[n - 1])) || (!todo && strstr(text, ". ")) ? "" : ".";
    (void)snprintf(line, sizeof line, "%s%s%s%s%s%s", where ? where : "", where ? ": " : "",
                   text, stop, todo ? " " : "", todo ? todo : "");
    complain(line);
    return fn_exit_of(err->code);
}

int fnq_say(int exit_code, const char *fmt, ...)
{
    char line[FN_PATH_MAX + 1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    complain(line);
    return exit_code;
}

void fnq_note(const struct fnq_ctx *ctx, const char *fmt, ...)
{
    if (ctx->o.quiet)
        return;
    char line[FN_PATH_MAX + 1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    fn_message(line);
}

int fnq_usage(const struct fnq_ctx *ctx, const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    complain(line);
    if (!ctx->cmd)
        return FN_EXIT_USAGE;
    (void)snprintf(line, sizeof line, "     usage: fnq %s %s   (fnq %s --help)", ctx->cmd->name,
                   ctx->cmd->args, ctx->cmd->name);
    fn_message(line);
    return FN_EXIT_USAGE;
}
