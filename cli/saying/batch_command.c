/* SPDX-License-Identifier: MIT */
/* label --batch: reading the lines, and what is printed about them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/act_batch.h"
#include "cli/saying/saying.h"
#include "engine/base/plural.h"

static json_t *refused_json(const struct fnl_batch *b)
{
    json_t *refused = json_array();
    for (size_t i = 0; i < b->n; i++)
        if (b->lines[i].refused &&
            json_array_append_new(refused,
                                  json_pack("{s:I,s:o}", "line", (json_int_t)b->lines[i].number,
                                            "text", fnq_json_bytes(b->lines[i].err.text))) < 0)
            abort();
    return refused;
}

static void report_json(struct fnq_ctx *ctx, const struct fnl_batch *b, size_t n_done,
                        const struct fnl_act_result *r)
{
    size_t faces = 0;
    for (size_t i = 0; i < b->n; i++)
        faces += b->lines[i].refused ? 0 : b->lines[i].item.n;
    fnq_json_one(&ctx->out, "fnq.act/1",
                 json_pack("{s:I,s:I,s:I,s:I,s:o,s:I,s:b}", "act", (json_int_t)r->act, "lines",
                           (json_int_t)b->n, "done", (json_int_t)n_done, "faces",
                           (json_int_t)faces, "refused", refused_json(b), "conflicts",
                           (json_int_t)r->n_conflicts, "dry_run", ctx->o.dry_run));
}

static void report_text(struct fnq_ctx *ctx, const struct fnl_batch *b, size_t n_done,
                        const struct fnl_act_result *r)
{
    size_t n = fnl_batch_refused(b);
    fnq_text(&ctx->out, "%zu line%s: %zu %s, %zu refused", b->n, fn_plural_s(b->n), n_done,
             ctx->o.dry_run ? "would be done" : "done", n);
    const char *between = " (";
    for (size_t i = 0; i < b->n; i++)
        if (b->lines[i].refused) {
            fnq_text(&ctx->out, "%sline %zu: ", between, b->lines[i].number);
            fnq_text_safe(&ctx->out, b->lines[i].err.text);
            between = "; ";
        }
    fnq_text(&ctx->out, "%s", n ? ")" : "");
    if (ctx->o.dry_run)
        fnq_text(&ctx->out, ", %zu conflict%s", r->n_conflicts, fn_plural_s(r->n_conflicts));
    fnq_text(&ctx->out, "%s", n && b->atomic ? ". Nothing changed" : "");
    fnq_print_undo(ctx, r->act);
}

static int report(struct fnq_ctx *ctx, const struct fnl_batch *b,
                  const struct fnl_act_result *r)
{
    size_t n = fnl_batch_refused(b);
    bool nothing = n == b->n || (n && b->atomic);
    if (fnq_out_is_json(&ctx->out))
        report_json(ctx, b, nothing ? 0 : b->n - n, r);
    else
        report_text(ctx, b, nothing ? 0 : b->n - n, r);
    return n == 0 ? FN_EXIT_OK : nothing ? FN_EXIT_REFUSED : FN_EXIT_PARTLY;
}

static int run(struct fnq_ctx *ctx, struct fnl_batch *b)
{
    struct fn_error err = {0};
    struct fnl_act_result r = {0};
    size_t n_faces = 0;
    int rc = fnl_batch_resolve(ctx->lib, b, &n_faces, &err);
    if (rc)
        return fnq_fail(ctx, &err, "batch", NULL);
    int code = fnq_confirm_many(ctx, n_faces, "batch");
    if (code)
        return code;
    rc = fnl_batch_write(ctx->lib, fnq_mode(ctx), b, &r, &err);
    if (rc)
        return fnq_fail(ctx, &err, "batch", NULL);
    code = report(ctx, b, &r);
    if (r.act)
        fnq_act_done(ctx, r.act, &r.after);
    return code;
}

int fnq_batch_text(struct fnq_ctx *ctx, char *text, bool atomic)
{
    struct fnl_batch b = {.atomic = atomic};
    size_t number = 0;
    int rc = 0;
    for (char *line = text; !rc && line && *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        rc = fnl_batch_add(&b, line, ++number);
        line = end ? end + 1 : NULL;
    }
    int code = rc ? fnq_say(FN_EXIT_SYSTEM, "batch: out of memory.") : run(ctx, &b);
    fnl_batch_finish(&b);
    return code;
}

int fnq_batch(struct fnq_ctx *ctx, bool atomic)
{
    struct fnl_batch b = {.atomic = atomic};
    char *line = NULL;
    size_t cap = 0, number = 0;
    ssize_t n;
    int rc = 0;
    while (!rc && (n = getline(&line, &cap, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        rc = fnl_batch_add(&b, line, ++number);
    }
    free(line);
    int code = rc ? fnq_say(FN_EXIT_SYSTEM, "batch: out of memory.") : run(ctx, &b);
    fnl_batch_finish(&b);
    return code;
}
