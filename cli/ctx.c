/* SPDX-License-Identifier: MIT */
/* What commands share: where the index is, opening it, the configuration, and how errors are
 * said. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/fnq.h"
#include "cli/picture.h"
#include "engine/base/utf8.h"

int fnq_places(struct fnq_ctx *ctx, struct fn_error *err)
{
    char data[FN_PATH_MAX];
    if (ctx->index_dir[0])
        return 0;
    int rc;
    if (ctx->o.index) {
        /* An index of its own has its label log and its socket inside. */
        rc = fn_path_expand(ctx->index_dir, sizeof ctx->index_dir, ctx->o.index);
        rc = rc ? rc
                : fn_path_join(ctx->labels_log, sizeof ctx->labels_log, ctx->index_dir,
                               "labels.log");
        rc = rc ? rc : fn_path_socket(ctx->socket, sizeof ctx->socket, ctx->index_dir);
    } else {
        rc = fn_path_data(data, sizeof data);
        rc = rc ? rc : fn_path_join(ctx->index_dir, sizeof ctx->index_dir, data, "index");
        rc =
            rc ? rc : fn_path_join(ctx->labels_log, sizeof ctx->labels_log, data, "labels.log");
        rc = rc ? rc : fn_path_socket(ctx->socket, sizeof ctx->socket, NULL);
    }
    if (rc) {
        ctx->index_dir[0] = '\0';
        return fn_error_set(err, rc, "cannot tell where the index is: %s",
                            rc == -ENOENT ? "HOME is not set" : fn_strerror(rc));
    }
    return 0;
}

int fnq_store_open(struct fnq_ctx *ctx, unsigned flags, struct fn_error *err)
{
    int rc = fnq_places(ctx, err);
    if (!rc && ctx->store && (flags & ~ctx->store_flags)) {
        /* Looked up first, written next: the second open replaces the first. */
        fnq_read_end(ctx);
        fn_store_close(ctx->store);
        ctx->store = NULL;
    }
    if (!rc && !ctx->store)
        rc = fn_store_open(ctx->index_dir, flags, &ctx->store, err);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(
            err, -ENXIO,
            "no index at %s. Start one: facenetd ~/Pictures   (or name it: --index PATH)",
            ctx->index_dir);
    if (!rc)
        ctx->store_flags |= flags;
    return rc;
}

int fnq_read_begin(struct fnq_ctx *ctx, struct fn_error *err)
{
    int rc = fnq_store_open(ctx, FN_STORE_READ, err);
    if (!rc && !ctx->read)
        rc = fn_txn_begin(ctx->store, false, 0, &ctx->read, err);
    return rc;
}

void fnq_read_end(struct fnq_ctx *ctx)
{
    fn_txn_abort(ctx->read);
    ctx->read = NULL;
}

int fnq_config(struct fnq_ctx *ctx, const struct fn_config **ret, struct fn_error *err)
{
    struct fn_config_file *f = NULL;
    if (!ctx->config) {
        char path[FN_PATH_MAX] = "";
        if (ctx->o.config)
            (void)snprintf(path, sizeof path, "%s", ctx->o.config);
        else if (fn_path_config(path, sizeof path))
            path[0] = '\0';
        int rc = fn_config_create(&f, err);
        if (!rc && path[0])
            rc = fn_config_load(f, path, ctx->o.config != NULL, err);
        if (rc) {
            fn_config_destroy(f);
            return rc;
        }
        ctx->config = f;
    }
    if (ret)
        *ret = fn_config_values(ctx->config);
    return 0;
}

void fnq_ctx_finish(struct fnq_ctx *ctx)
{
    fnq_worker_stop(ctx);
    fnq_read_end(ctx);
    fn_store_close(ctx->store);
    fn_config_destroy(ctx->config);
    fnq_out_finish(&ctx->out);
}

int fnq_exit_of(int code)
{
    switch (code) {
    case 0:
        return FNQ_OK;
    case FN_EUSAGE:
    case FN_EAMBIGUOUS:
        return FNQ_USAGE;
    case FN_ENOTFOUND:
        return FNQ_NO;
    case FN_EBUSY:
    case -ENXIO: /* no index */
    case -ECONNREFUSED:
    case -ETIMEDOUT:
        return FNQ_UNREACHABLE;
    case FN_EREFUSED:
        return FNQ_REFUSED;
    case FN_ECORRUPT:
    case FN_EVERSION:
        return FNQ_DAMAGED;
    case -ENOSPC:
    case -EDQUOT:
    case -EROFS:
    case -EACCES:
    case -EPERM:
    case -EIO:
    case -ENOMEM:
    case FN_EINTERNAL:
        return FNQ_SYSTEM;
    default:
        return FNQ_INPUT;
    }
}

static const char *usual_todo(int code)
{
    switch (code) {
    case FN_EBUSY:
        return "Try again in a moment";
    case FN_EVERSION:
        return "Use the newer program that wrote it";
    case FN_ECORRUPT:
        return "Labels are safe in labels.log. Look closer: fnq doctor --deep";
    case -ENOSPC:
    case -EDQUOT:
        return "Free some space";
    default:
        return NULL;
    }
}

/* To standard error, control characters neutralised: names and paths of other people end up
 * there. */
static void complain(const char *text)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_utf8_printable(&b, text, strlen(text));
    (void)fprintf(stderr, "fnq: %s\n", fn_buf_cstr(&b));
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
    /* What to do may be in the text already; it often is a command, and those end without a
     * stop. */
    const char *stop =
        (n && strchr(".?!", text[n - 1])) || (!todo && strstr(text, ". ")) ? "" : ".";
    (void)snprintf(line, sizeof line, "%s%s%s%s%s%s", where ? where : "", where ? ": " : "",
                   text, stop, todo ? " " : "", todo ? todo : "");
    complain(line);
    return fnq_exit_of(err->code);
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
    va_list ap;
    va_start(ap, fmt);
    (void)vfprintf(stderr, fmt, ap);
    va_end(ap);
    (void)fputc('\n', stderr);
}

int fnq_usage(const struct fnq_ctx *ctx, const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    complain(line);
    if (ctx->cmd)
        (void)fprintf(stderr, "     usage: fnq %s %s   (fnq %s --help)\n", ctx->cmd->name,
                      ctx->cmd->args, ctx->cmd->name);
    return FNQ_USAGE;
}
