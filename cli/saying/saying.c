/* SPDX-License-Identifier: MIT */
#include "cli/saying/saying.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/program/real_run.h"

enum { ASK_ABOVE = 20 }; /* faces */

void fnq_print_undo(struct fnq_ctx *ctx, uint64_t act)
{
    if (act && !ctx->o.dry_run)
        fnq_text(&ctx->out, "   undo: fnq undo L%llu", (unsigned long long)act);
    fnq_text(&ctx->out, "\n");
    if (ctx->o.dry_run)
        fnq_print_real_run(ctx);
}

void fnq_print_real_run(struct fnq_ctx *ctx)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 20);
    fnq_real_run(&b, ctx->argv, ctx->needs_yes);
    fnq_text(&ctx->out, "  to do it: ");
    fnq_text_safe(&ctx->out, fn_buf_cstr(&b));
    fnq_text(&ctx->out, "\n");
    fn_buf_finish(&b);
}

int fnq_confirm_many(struct fnq_ctx *ctx, size_t n, const char *what)
{
    char line[32], number[32];
    ctx->needs_yes = n > ASK_ABOVE;
    if (n <= ASK_ABOVE || ctx->o.yes || ctx->o.dry_run)
        return 0;
    fnl_read_end(ctx->lib);
    fnq_thousands(number, sizeof number, n);
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return fnq_say(
            FN_EXIT_REFUSED,
            "%s: this would touch %s faces. Nothing changed. Use --yes, or preview with -n.",
            what, number);
    (void)fprintf(stderr, "%s: %s faces. Continue? [y/N] ", what, number);
    if (!fgets(line, sizeof line, stdin) || (line[0] != 'y' && line[0] != 'Y'))
        return fnq_say(FN_EXIT_REFUSED, "nothing changed.");
    return 0;
}
