/* SPDX-License-Identifier: MIT */
/* What is said about an act that is in the log when something that follows from it failed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/saying/saying.h"
#include "engine/base/shell_word.h"

static const char *reason(const struct fn_error *err)
{
    return err->code == -ENOSPC || err->code == -EDQUOT ? "disk full" : fn_strerror(err->code);
}

/* The file is the log of another index: the command that makes it this one's. */
static void foreign(struct fnq_ctx *ctx, const struct fnl_after *after, char *out, size_t size)
{
    const struct fn_places *places = NULL;
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    if (!fnl_places_get(ctx->lib, &places, NULL)) {
        fn_buf_str(&b, "fnq ");
        if (ctx->o.index) {
            fn_buf_str(&b, "--index ");
            fn_shell_word(&b, ctx->o.index);
            fn_buf_char(&b, ' ');
        }
        fn_buf_str(&b, "import labels ");
        fn_shell_word(&b, places->labels_log);
    }
    (void)snprintf(out, size,
                   "the text copy was not written: %s. To bring in what it has and begin a new "
                   "copy: %s",
                   after->copy.text, fn_buf_cstr(&b));
    fn_buf_finish(&b);
}

static void describe(struct fnq_ctx *ctx, const struct fnl_after *after, char *out, size_t size)
{
    const char *copy = reason(&after->copy), *groups = reason(&after->groups);
    if (after->copy.code == FN_EREFUSED)
        foreign(ctx, after, out, size);
    else if (after->copy.code == FN_EUNSUPPORTED)
        (void)snprintf(out, size, "the text copy was not written: %s. Move the file away",
                       after->copy.text);
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
    FN_IGNORE(fnq_say(FN_EXIT_OK, "done%s; %s%s", as, what, strstr(what, ": fnq ") ? "" : "."));
}

void fnq_act_done(struct fnq_ctx *ctx, uint64_t act, const struct fnl_after *after)
{
    char what[2 * FN_PATH_MAX + 1024];
    if (ctx->o.dry_run)
        return;
    ctx->acted = true;
    ctx->act = act;
    if (fnq_out_is_json(&ctx->out)) {
        fnq_json_one_add(&ctx->out, "text_copy", json_boolean(!after->copy.code));
        fnq_json_one_add(&ctx->out, "settled", json_boolean(!after->groups.code));
    }
    if (after->copy.code || after->groups.code || after->unsafe) {
        describe(ctx, after, what, sizeof what);
        fnq_act_warn(ctx, what);
    }
    if (after->left)
        fnq_note(ctx, "%zu pending faces are clustered when facenetd runs.", after->left);
}
