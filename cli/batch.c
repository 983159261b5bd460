/* SPDX-License-Identifier: MIT */
/* label --batch: many acts from a text, kept as one act of the log so that one undo takes all
 * of it back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/acts.h"
#include "cli/say.h"

struct line {
    size_t number;
    struct fnq_act_line parsed;
    struct fnq_say_item item;
    bool refused;
    struct fn_error err;
};

struct batch {
    struct line *lines;
    size_t n, cap;
    const struct line *only; /* one line by itself, to find out whether it is the one refused */
};

static void refuse(struct line *l, const struct fn_error *err)
{
    l->refused = true;
    l->err = *err;
}

static int add_line(struct batch *b, char *text, size_t number)
{
    struct line l = {.number = number};
    size_t n = strlen(text);
    if (n && text[n - 1] == '\r')
        text[n - 1] = '\0';
    int rc = fnq_act_line_parse(text, &l.parsed, &l.err);
    if (rc == 1)
        return 0;
    l.refused = rc < 0;
    if (b->n == b->cap) {
        size_t cap = b->cap ? 2 * b->cap : 64;
        struct line *lines = reallocarray(b->lines, cap, sizeof *lines);
        if (!lines) {
            fnq_act_line_finish(&l.parsed);
            return -ENOMEM;
        }
        b->lines = lines;
        b->cap = cap;
    }
    b->lines[b->n++] = l;
    return 0;
}

static int resolve_line(struct fnq_ctx *ctx, struct line *l, struct fn_error *err)
{
    struct fnq_targets targets = {0};
    struct fn_person p;
    int rc = 0;
    for (size_t i = 0; !rc && i < l->parsed.n_targets; i++)
        rc = l->parsed.is_query[i]
                 ? fnq_targets_add_query(ctx, &targets, l->parsed.target[i], err)
                 : fnq_targets_add(ctx, &targets, l->parsed.target[i], err);
    /* "-tom" by query means Tom's faces among those found. */
    if (!rc && l->parsed.kind == FN_ASSERT_NOT &&
        fnq_person_find(ctx->read, l->parsed.name, &p, err) == 0)
        rc = fnq_targets_only(ctx, &targets, &p.id, err);
    l->item =
        (struct fnq_say_item){.kind = l->parsed.kind, .who = l->parsed.name, .n = targets.n};
    l->item.faces = rc ? NULL : calloc(targets.n + 1, sizeof *l->item.faces);
    if (!rc && !l->item.faces)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < targets.n; i++)
        l->item.faces[i] = targets.t[i].face;
    fnq_targets_finish(&targets);
    return rc;
}

static int resolve(struct fnq_ctx *ctx, struct batch *b, size_t *ret_faces,
                   struct fn_error *err)
{
    int rc = fnq_read_begin(ctx, err);
    for (size_t i = 0; !rc && i < b->n; i++) {
        struct fn_error why = {0};
        if (!b->lines[i].refused && resolve_line(ctx, &b->lines[i], &why))
            refuse(&b->lines[i], &why);
        *ret_faces += b->lines[i].refused ? 0 : b->lines[i].item.n;
    }
    fnq_read_end(ctx);
    return rc;
}

static int fill(struct fn_txn *t, struct fnq_act *act, void *arg, struct fn_error *err)
{
    struct batch *b = arg;
    int rc = 0;
    for (size_t i = 0; !rc && i < b->n; i++)
        if (!b->lines[i].refused && (!b->only || b->only == &b->lines[i]))
            rc = fnq_say_fill(t, act, &b->lines[i].item, err);
    return rc;
}

static bool is_refusal(int rc)
{
    return rc == FN_EREFUSED || rc == FN_ENOTFOUND || rc == FN_EAMBIGUOUS || rc == FN_EUSAGE;
}

/* Which lines are refused, each looked at alone and not kept. */
static int find_refused(struct fnq_ctx *ctx, struct batch *b, struct fn_error *err)
{
    bool dry = ctx->o.dry_run;
    int rc = 0;
    ctx->o.dry_run = true;
    for (size_t i = 0; !rc && i < b->n; i++) {
        struct fn_error why = {0};
        if (b->lines[i].refused)
            continue;
        b->only = &b->lines[i];
        rc = fnq_write_act(ctx, fill, b, NULL, &why);
        if (is_refusal(rc)) {
            refuse(&b->lines[i], &why);
            rc = 0;
        } else if (rc) {
            *err = why;
        }
    }
    b->only = NULL;
    ctx->o.dry_run = dry;
    return rc;
}

static size_t count_refused(const struct batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += b->lines[i].refused;
    return n;
}

static int write_batch(struct fnq_ctx *ctx, struct batch *b, uint64_t *act,
                       struct fn_error *err)
{
    int rc = fnq_write_act(ctx, fill, b, act, err);
    if (is_refusal(rc)) {
        size_t before = count_refused(b);
        struct fn_error first = *err;
        rc = find_refused(ctx, b, err);
        if (!rc && count_refused(b) == before) {
            /* Each is fine alone: two lines contradict each other. */
            *err = first;
            return first.code;
        }
        if (!rc && !ctx->o.atomic)
            rc = fnq_write_act(ctx, fill, b, act, err);
    }
    return rc;
}

static void report_json(struct fnq_ctx *ctx, const struct batch *b, size_t n_refused,
                        uint64_t act)
{
    json_t *refused = json_array();
    size_t faces = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (!b->lines[i].refused)
            faces += b->lines[i].item.n;
        else if (json_array_append_new(
                     refused, json_pack("{s:I,s:o}", "line", (json_int_t)b->lines[i].number,
                                        "text", fnq_json_bytes(b->lines[i].err.text))) < 0)
            abort();
    }
    fnq_json_one(&ctx->out, "fnq.act/1",
                 json_pack("{s:I,s:I,s:I,s:I,s:o,s:b}", "act", (json_int_t)act, "lines",
                           (json_int_t)b->n, "done", (json_int_t)(b->n - n_refused), "faces",
                           (json_int_t)faces, "refused", refused, "dry_run", ctx->o.dry_run));
}

static int report(struct fnq_ctx *ctx, const struct batch *b, uint64_t act)
{
    size_t n = count_refused(b);
    bool nothing = n == b->n || (n && ctx->o.atomic);
    if (fnq_out_is_json(&ctx->out)) {
        report_json(ctx, b, nothing ? b->n : n, act);
    } else {
        fnq_text(&ctx->out, "%zu line%s: %zu %s, %zu refused", b->n, b->n == 1 ? "" : "s",
                 nothing ? 0 : b->n - n, ctx->o.dry_run ? "would be done" : "done", n);
        const char *between = " (";
        for (size_t i = 0; i < b->n; i++)
            if (b->lines[i].refused) {
                fnq_text(&ctx->out, "%sline %zu: ", between, b->lines[i].number);
                fnq_text_safe(&ctx->out, b->lines[i].err.text);
                between = "; ";
            }
        fnq_text(&ctx->out, "%s%s", n ? ")" : "",
                 n && ctx->o.atomic ? ". Nothing changed" : "");
        fnq_print_undo(ctx, act);
    }
    return n == 0 ? FNQ_OK : nothing ? FNQ_REFUSED : FNQ_PARTLY;
}

static void finish(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        fnq_act_line_finish(&b->lines[i].parsed);
        free(b->lines[i].item.faces);
    }
    free(b->lines);
}

static int run(struct fnq_ctx *ctx, struct batch *b)
{
    struct fn_error err = {0};
    uint64_t act = 0;
    size_t n_faces = 0;
    int rc = resolve(ctx, b, &n_faces, &err);
    if (rc)
        return fnq_fail(ctx, &err, "batch", NULL);
    /* parsed.name moved with the lines while they were collected. */
    for (size_t i = 0; i < b->n; i++)
        b->lines[i].item.who = b->lines[i].parsed.name;
    int code = fnq_confirm_many(ctx, n_faces, "batch");
    if (code)
        return code;
    if (!(ctx->o.atomic && count_refused(b)))
        rc = write_batch(ctx, b, &act, &err);
    if (!rc && act)
        rc = fnq_write_done(ctx, &err);
    return rc ? fnq_fail(ctx, &err, "batch", NULL) : report(ctx, b, act);
}

int fnq_batch_text(struct fnq_ctx *ctx, char *text)
{
    struct batch b = {0};
    size_t number = 0;
    int rc = 0;
    for (char *line = text; !rc && line && *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        rc = add_line(&b, line, ++number);
        line = end ? end + 1 : NULL;
    }
    int code = rc ? fnq_say(FNQ_SYSTEM, "batch: out of memory.") : run(ctx, &b);
    finish(&b);
    return code;
}

int fnq_batch(struct fnq_ctx *ctx)
{
    struct batch b = {0};
    char *line = NULL;
    size_t cap = 0, number = 0;
    ssize_t n;
    int rc = 0;
    while (!rc && (n = getline(&line, &cap, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        rc = add_line(&b, line, ++number);
    }
    free(line);
    int code = rc ? fnq_say(FNQ_SYSTEM, "batch: out of memory.") : run(ctx, &b);
    finish(&b);
    return code;
}
