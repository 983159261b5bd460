/* SPDX-License-Identifier: MIT */
/* fnq label, confirm, reject, notface. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/library/pictures.h"
#include "cli/library/say.h"
#include "cli/print/index_json.h"
#include "cli/saying/saying.h"

#define COMMON                                                                                 \
    {"query", 0, FN_OPT_STRING, FNQ_AT(query), "QUERY", "also the faces this query finds"},    \
        {"batch", 0, FN_OPT_FLAG, FNQ_AT(batch), NULL, "read acts from standard input"},       \
        {"atomic", 0, FN_OPT_FLAG, FNQ_AT(atomic), NULL, "with --batch: all lines or none"},   \
    {                                                                                          \
        "sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg",                                   \
            "write a contact sheet of the faces (useful with -n)"                              \
    }

const struct fn_opt fnq_options_label[] = {
    {"new", 0, FN_OPT_FLAG, FNQ_AT(fresh), NULL, "a new person, even when the name is taken"},
    COMMON,
    FNQ_OPT_END,
};
const struct fn_opt fnq_options_confirm[] = {
    {"of", 0, FN_OPT_STRING, FNQ_AT(of), "PERSON", "faces of this person only"},
    COMMON,
    FNQ_OPT_END,
};
const struct fn_opt fnq_options_reject[] = {
    {"of", 0, FN_OPT_STRING, FNQ_AT(of), "PERSON", "the person they are not"},
    COMMON,
    FNQ_OPT_END,
};
const struct fn_opt fnq_options_notface[] = {
    COMMON,
    FNQ_OPT_END,
};

struct saying {
    struct fnl_say_item item;
    struct fnl_targets targets;
    struct fnl_fact first; /* as it was before */
    double largest_d2;
    struct fnl_sheet sheet;
};

static int look_at(struct fnq_ctx *ctx, struct saying *s, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = 0;
    for (size_t i = 0; !rc && i < s->targets.n; i++) {
        struct fnl_fact f;
        rc = fnl_fact_get(fnl_txn(ctx->lib), s->targets.t[i].face, &f, err);
        if (!rc && (i == 0 || ctx->o.dry_run))
            rc = fnl_fact_judge(fnl_txn(ctx->lib), &f, err);
        if (rc)
            break;
        if (i == 0)
            s->first = f;
        if (f.person.has_d && f.person.d2 > s->largest_d2)
            s->largest_d2 = f.person.d2;
        if (ctx->o.sheet &&
            fn_path_absolute(fnl_txn(ctx->lib), f.rec.photo, path, sizeof path) == 0)
            fnl_sheet_add(&s->sheet, path, f.box, f.person.name[0] ? f.person.name : f.shown,
                          fnl_state_name(f.state));
    }
    return rc;
}

static int gather(struct fnq_ctx *ctx, struct saying *s, int argc, char **argv,
                  struct fn_error *err)
{
    struct fn_person p;
    int rc = fnq_read_begin(ctx, err);
    for (int i = 0; !rc && i < argc; i++)
        rc = fnl_targets_add(ctx->lib, &s->targets, argv[i], err);
    if (!rc && ctx->o.query)
        rc = fnl_targets_add_query(ctx->lib, &s->targets, ctx->o.query, err);
    if (!rc && ctx->o.of && argc == 0 && !ctx->o.query)
        rc = fnl_targets_add_query(ctx->lib, &s->targets, "", err);
    if (!rc && ctx->o.of) {
        rc = fnl_person_find(fnl_txn(ctx->lib), ctx->o.of, &p, err);
        rc = rc ? rc : fnl_targets_only(ctx->lib, &s->targets, &p.id, err);
    }
    if (!rc && s->targets.n == 0)
        rc = fn_error_set(err, FN_ENOTFOUND, "no such face");
    rc = rc ? rc : look_at(ctx, s, err);
    fnq_read_end(ctx);
    s->item.faces = rc ? NULL : calloc(s->targets.n, sizeof *s->item.faces);
    if (!rc && !s->item.faces)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    s->item.n = rc ? 0 : s->targets.n;
    for (size_t i = 0; i < s->item.n; i++)
        s->item.faces[i] = s->targets.t[i].face;
    return rc;
}

static int fill(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct saying *s = arg;
    return fnl_say_fill(t, act, &s->item, err);
}

static void print_one(struct fnq_ctx *ctx, const struct saying *s)
{
    struct fnq_out *o = &ctx->out;
    const struct fnl_fact *f = &s->first;
    const char *verb = ctx->o.dry_run ? "would be" : "is";
    fnq_text(o, "%s %s ", f->shown, verb);
    if (s->item.kind == FN_ASSERT_NOTFACE) {
        fnq_text(o, "no face");
    } else {
        fnq_text(o, s->item.kind == FN_ASSERT_NOT ? "not " : "");
        fnq_text_safe(o, s->item.name[0] ? s->item.name : "that person");
    }
    if (f->person.name[0] && strcmp(f->person.name, s->item.name) != 0) {
        fnq_text(o, " (was %s ", fnl_state_name(f->state));
        fnq_text_safe(o, f->person.name);
        fnq_text(o, ")");
    } else if (f->state == FNL_SUGGESTED && f->person.has_d) {
        fnq_text(o, " (was suggested %.0f %%)", 100 * f->person.p);
    }
    fnq_text(o, s->item.is_new ? ", a new person." : ".");
}

static void print_many(struct fnq_ctx *ctx, const struct saying *s)
{
    struct fnq_out *o = &ctx->out;
    char n[32];
    const char *name = s->item.one_person && s->item.name[0] ? s->item.name : NULL;
    fnq_thousands(n, sizeof n, s->item.n);
    if (ctx->o.dry_run) {
        const char *verb = s->item.kind == FN_ASSERT_IS    ? "confirm"
                           : s->item.kind == FN_ASSERT_NOT ? "reject"
                                                           : "mark as no face";
        fnq_text(o, "would %s %s faces", verb, n);
        if (name) {
            fnq_text(o, " of ");
            fnq_text_safe(o, name);
        }
        fnq_text(o, " (largest d² %.2f; 0 conflicts). Run without -n, or look: --sheet a.jpg",
                 s->largest_d2);
        return;
    }
    fnq_text(o, "%s faces are ", n);
    if (s->item.kind == FN_ASSERT_NOTFACE) {
        fnq_text(o, "no faces.");
        return;
    }
    fnq_text(o, s->item.kind == FN_ASSERT_NOT ? "not " : "");
    fnq_text_safe(o, name ? name : "who they were taken for");
    fnq_text(o, ".");
}

static void print_json(struct fnq_ctx *ctx, const struct saying *s, uint64_t act)
{
    struct fnl_match m = {.is = s->item.kind != FN_ASSERT_NOTFACE && s->item.one_person,
                          .id = s->item.id};
    memcpy(m.name, s->item.name, sizeof m.name);
    fnq_json_one(&ctx->out, "fnq.act/1",
                 json_pack("{s:I,s:I,s:o,s:b}", "act", (json_int_t)act, "faces",
                           (json_int_t)s->item.n, "person", fnq_person_json(&m), "dry_run",
                           ctx->o.dry_run));
}

static int write_sheet(struct fnq_ctx *ctx, struct saying *s, const char *verb,
                       struct fn_error *err)
{
    return ctx->o.sheet ? fnl_sheet_write(ctx->lib, &s->sheet, verb, ctx->o.sheet, NULL, err)
                        : 0;
}

static int say(struct fnq_ctx *ctx, struct saying *s, const char *verb, int argc, char **argv)
{
    struct fn_error err = {0};
    uint64_t act = 0;
    int rc = gather(ctx, s, argc, argv, &err);
    int code = rc ? fnq_fail(ctx, &err, verb, NULL) : fnq_confirm_many(ctx, s->item.n, verb);
    if (!rc && !code) {
        rc = fnl_write_act(ctx->lib, fnq_mode(ctx), fill, s, &act, &err);
        rc = rc ? rc : fnq_write_done(ctx, &err);
        rc = rc ? rc : write_sheet(ctx, s, verb, &err);
        code = rc ? fnq_fail(ctx, &err, verb, NULL) : FNQ_OK;
    }
    if (!code && fnq_out_is_json(&ctx->out)) {
        print_json(ctx, s, act);
    } else if (!code) {
        if (s->item.n == 1)
            print_one(ctx, s);
        else
            print_many(ctx, s);
        fnq_print_undo(ctx, act);
    }
    free(s->item.faces);
    fnl_targets_finish(&s->targets);
    fnl_sheet_finish(&s->sheet);
    return code;
}

static int start(struct fnq_ctx *ctx, enum fn_assert_kind kind, const char *verb,
                 const char *who, int argc, char **argv)
{
    struct saying s = {.item = {.kind = kind, .who = who, .fresh = ctx->o.fresh}};
    if (ctx->o.batch)
        return argc ? fnq_usage(ctx, "%s: --batch reads standard input and takes no faces.",
                                verb)
                    : fnq_batch(ctx, ctx->o.atomic);
    if (argc == 0 && !ctx->o.query && !ctx->o.of)
        return fnq_usage(ctx, "%s: which faces?", verb);
    return say(ctx, &s, verb, argc, argv);
}

int fnq_run_label(struct fnq_ctx *ctx, int argc, char **argv)
{
    if (ctx->o.batch)
        return start(ctx, FN_ASSERT_IS, "label", NULL, argc, argv);
    if (argc == 0 || (argc == 1 && !ctx->o.query))
        return fnq_usage(ctx, "label: which faces, and who are they?");
    const char *name = argv[argc - 1];
    if (!name[0] || strlen(name) >= FN_PERSON_NAME_MAX)
        return fnq_usage(ctx, "label: a name has 1 to %d bytes.", FN_PERSON_NAME_MAX - 1);
    return start(ctx, FN_ASSERT_IS, "label", name, argc - 1, argv);
}

int fnq_run_confirm(struct fnq_ctx *ctx, int argc, char **argv)
{
    return start(ctx, FN_ASSERT_IS, "confirm", ctx->o.of, argc, argv);
}

int fnq_run_reject(struct fnq_ctx *ctx, int argc, char **argv)
{
    return start(ctx, FN_ASSERT_NOT, "reject", ctx->o.of, argc, argv);
}

int fnq_run_notface(struct fnq_ctx *ctx, int argc, char **argv)
{
    return start(ctx, FN_ASSERT_NOTFACE, "notface", NULL, argc, argv);
}
