/* SPDX-License-Identifier: MIT */
#include "cli/program/operands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/persons.h"
#include "engine/base/columns.h"
#include "engine/base/terminal.h"
#include "engine/base/utf8.h"

static int each_line(struct fnq_ctx *ctx,
                     int (*visit)(struct fnq_ctx *ctx, const char *path, void *arg), void *arg)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int rc = 0, end = ctx->o.nul ? '\0' : '\n';
    while (!rc && (n = getdelim(&line, &cap, end, stdin)) > 0) {
        if (line[n - 1] == (char)end)
            line[--n] = '\0';
        if (n)
            rc = visit(ctx, line, arg);
    }
    free(line);
    return rc;
}

int fnq_each_file(struct fnq_ctx *ctx, int argc, char **argv,
                  int (*visit)(struct fnq_ctx *ctx, const char *path, void *arg), void *arg)
{
    int rc = 0;
    for (int i = 0; !rc && i < argc; i++)
        rc = strcmp(argv[i], "-") == 0 ? each_line(ctx, visit, arg) : visit(ctx, argv[i], arg);
    return rc;
}

static char *joined(char **words, size_t n)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    for (size_t i = 0; i < n; i++)
        fn_buf_printf(&b, "%s%s", i ? " " : "", words[i]);
    return fn_buf_detach(&b);
}

int fnq_people_operands(struct fnq_ctx *ctx, int argc, char **argv, struct fnq_people *ret,
                        struct fn_error *err)
{
    size_t n = (size_t)argc, k = 1;
    *ret = (struct fnq_people){.who = calloc(n + 1, sizeof *ret->who)};
    int rc = ret->who ? fnq_read_begin(ctx, err) : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i += k) {
        rc = fnl_person_words(fnl_txn(ctx->lib), argv + i, n - i, &k, err);
        char *who = rc ? NULL : joined(argv + i, k);
        if (!rc && !who)
            rc = fn_error_set(err, -ENOMEM, "out of memory");
        if (who)
            ret->who[ret->n++] = who;
    }
    return rc;
}

void fnq_people_finish(struct fnq_people *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->who[i]);
    free(p->who);
    *p = (struct fnq_people){0};
}

/* On a terminal the part of the query that fits: a caret below a line that wraps is anywhere.
 */
static void caret(const char *query, size_t column)
{
    enum { INDENT = 5 };
    struct fn_buf b, shown;
    size_t n = strlen(query), at = column - 1 < n ? column - 1 : n, columns = SIZE_MAX;
    if (isatty(STDERR_FILENO)) /* the caret may be one column after the end */
        columns = fn_terminal_columns(STDERR_FILENO) - INDENT - 1;
    fn_buf_init(&b, 1 << 21);
    fn_buf_init(&shown, 1 << 21);
    fn_utf8_printable(&b, query, at);
    size_t before = b.len;
    fn_utf8_printable(&b, query + at, n - at);
    size_t width = fn_window(&shown, fn_buf_cstr(&b), before, columns, "...");
    (void)fprintf(stderr, "%*s%s\n%*s^\n", INDENT, "", fn_buf_cstr(&shown), INDENT + (int)width,
                  "");
    fn_buf_finish(&b);
    fn_buf_finish(&shown);
}

int fnq_query_fail(struct fnq_ctx *ctx, const struct fn_error *err, const char *where,
                   const char *query, size_t column)
{
    int code = fnq_fail(ctx, err, where, NULL);
    if (query && column)
        caret(query, column);
    return code;
}
