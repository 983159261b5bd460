/* SPDX-License-Identifier: MIT */
#include "cli/saying/undoing.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/saying/act_words.h"
#include "cli/saying/saying.h"

/* "L12" or "12" */
static int parse_act(const char *s, uint64_t *ret)
{
    char *end;
    errno = 0;
    s += *s == 'L' || *s == 'l';
    unsigned long long v = strtoull(s, &end, 10);
    if (errno || *end || end == s || *s == '-' || v == 0)
        return -EINVAL;
    *ret = v;
    return 0;
}

static void print(struct fnq_ctx *ctx, const struct fnl_undoing *u, uint64_t new_act)
{
    char what[400];
    uint64_t act = u->summary.act;
    fnq_act_words(&u->summary, what, sizeof what);
    if (fnq_out_is_json(&ctx->out)) {
        fnq_json_one(&ctx->out, "fnq.act/1",
                     json_pack("{s:I,s:I,s:o,s:b}", "act", (json_int_t)new_act,
                               u->redo ? "redo_of" : "undo_of", (json_int_t)act, "text",
                               fnq_json_bytes(what), "dry_run", ctx->o.dry_run));
        return;
    }
    fnq_text(&ctx->out, "%s%s L%llu: ", ctx->o.dry_run ? "would be " : "",
             u->redo ? "redone" : "undone", (unsigned long long)act);
    fnq_text_safe(&ctx->out, what);
    if (!ctx->o.dry_run)
        fnq_text(&ctx->out, "   back: fnq %s L%llu", u->redo ? "undo" : "redo",
                 (unsigned long long)act);
    fnq_text(&ctx->out, "\n");
    if (ctx->o.dry_run)
        fnq_print_real_run(ctx);
}

int fnq_undo_act(struct fnq_ctx *ctx, bool redo, int argc, char **argv)
{
    const char *verb = redo ? "redo" : "undo";
    struct fn_error err = {0};
    struct fnl_undoing u = {.redo = redo};
    struct fnl_act_result r;
    if (argc > 1 || (argc == 1 && parse_act(argv[0], &u.act)))
        return fnq_usage(ctx, "%s: one act, as fnq log names it (L12).", verb);
    if (fnl_undo(ctx->lib, fnq_mode(ctx), &u, &r, &err))
        return fnq_fail(ctx, &err, verb, NULL);
    print(ctx, &u, r.act);
    fnq_act_done(ctx, r.act, &r.after);
    return FN_EXIT_OK;
}
