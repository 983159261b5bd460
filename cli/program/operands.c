/* SPDX-License-Identifier: MIT */
#include "cli/program/operands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void caret(const char *query, size_t column)
{
    struct fn_buf b;
    size_t n = strlen(query), at = column - 1 < n ? column - 1 : n;
    fn_buf_init(&b, 1 << 21);
    fn_utf8_printable(&b, query, at);
    size_t width = fn_utf8_width(fn_buf_cstr(&b), b.len);
    fn_utf8_printable(&b, query + at, n - at);
    (void)fprintf(stderr, "     %s\n     %*s^\n", fn_buf_cstr(&b), (int)width, "");
    fn_buf_finish(&b);
}

int fnq_query_fail(struct fnq_ctx *ctx, const struct fn_error *err, const char *where,
                   const char *query, size_t column)
{
    int code = fnq_fail(ctx, err, where, NULL);
    if (query && column)
        caret(query, column);
    return code;
}
