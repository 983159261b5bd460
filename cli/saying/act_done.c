/* SPDX-License-Identifier: MIT */
/* What is said about an act that is in the log when something that follows from it failed. */
#include <errno.h>
#include <stdio.h>

#include "cli/saying/saying.h"

static const char *reason(const struct fn_error *err)
{
    return err->code == -ENOSPC || err->code == -EDQUOT ? "disk full" : fn_strerror(err->code);
}

/* A copy that the program may not touch: the error has the reason and what to do. */
static bool is_foreign(const struct fnl_after *after)
{
    return after->copy.code == FN_EREFUSED;
}

static void describe(const struct fnl_after *after, char *out, size_t size)
{
    const char *copy = reason(&after->copy), *groups = reason(&after->groups);
    if (is_foreign(after))
        (void)snprintf(out, size, "the text copy was not written: %s", after->copy.text);
    else if (after->copy.code && after->groups.code)
        (void)snprintf(out, size,
                       "the text copy could not be written (%s), nor the groups updated (%s); "
                       "the next act completes both",
                       copy, groups);
    else if (after->copy.code)
        (void)snprintf(out, size,
                       "the text copy could not be written (%s); the next act completes it",
                       copy);
    else if (after->groups.code)
        (void)snprintf(
            out, size,
            "the groups could not be updated (%s); they follow with the next act, or "
            "when facenetd runs",
            groups);
    else
        (void)snprintf(out, size,
                       "the disk did not confirm it, so a power cut may still lose it");
}

void fnq_act_warn(struct fnq_ctx *ctx, const char *what)
{
    char as[32] = "";
    if (ctx->act)
        (void)snprintf(as, sizeof as, " as L%llu", (unsigned long long)ctx->act);
    FN_IGNORE(fnq_say(FN_EXIT_OK, "done%s; %s%s", as, what, "."));
}

void fnq_act_done(struct fnq_ctx *ctx, uint64_t act, const struct fnl_after *after)
{
    char what[FN_PATH_MAX + 512];
    if (ctx->o.dry_run)
        return;
    ctx->acted = true;
    ctx->act = act;
    if (fnq_out_is_json(&ctx->out)) {
        fnq_json_one_add(&ctx->out, "text_copy", json_boolean(!after->copy.code));
        fnq_json_one_add(&ctx->out, "settled", json_boolean(!after->groups.code));
    }
    if (after->copy.code || after->groups.code || after->unsafe) {
        describe(after, what, sizeof what);
        fnq_act_warn(ctx, what);
    }
    if (after->left)
        fnq_note(ctx, "%zu pending faces are clustered when facenetd runs.", after->left);
}
