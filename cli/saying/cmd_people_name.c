/* SPDX-License-Identifier: MIT */
/* fnq people name. */
#include <stdio.h>

#include "cli/library/name_person.h"
#include "cli/program/command.h"
#include "cli/saying/saying.h"
#include "engine/base/plural.h"
#include "engine/base/shell_word.h"
#include "engine/base/status_line.h"

struct options {
    bool fresh;
};
static const struct fn_opt table[] = {
    OPT_FLAG(fresh, "new", 0, "allow a name that another person has, or that is an id"),
    OPT_END,
};

static int refuse(const struct fnl_naming *n)
{
    char a[FN_PERSON_TEXT], b[FN_PERSON_TEXT], text[320];
    fnl_person_short(&n->person.id, a);
    fnl_person_short(&n->owner.id, b);
    int code = fnq_say(FN_EXIT_REFUSED, "\"%s\" is already %s (%u face%s). Nothing changed.",
                       n->owner.name, b, n->owner.n_faces, fn_plural_s(n->owner.n_faces));
    (void)snprintf(text, sizeof text,
                   "     same person?                  fnq people merge %s %s\n"
                   "     another person of that name?  fnq people name --new %s '...'",
                   a, b, a);
    fn_message(text);
    return code;
}

/* "fnq people name pdwy 'Ann Berg'" */
static void print_command(const char *before, const char *who, const char *name)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_shell_word(&b, who);
    fn_buf_char(&b, ' ');
    fn_shell_word(&b, name);
    (void)fprintf(stderr, "     %s: fnq people name %s\n", before, fn_buf_cstr(&b));
    fn_buf_finish(&b);
}

static int fail(struct fnq_ctx *ctx, const struct fnl_naming *n, const struct fn_error *err)
{
    int code = fnq_fail(ctx, err, "people name", NULL);
    if (!n->swapped)
        return code;
    print_command("The person comes first", n->name, n->who);
    if (err->code == FN_EREFUSED)
        (void)fprintf(stderr, "     As a name all the same: add --new\n");
    return code;
}

/* A name of several operands: the shell has removed its quotes, or it never had any. */
static int too_many(int argc, char **argv)
{
    struct fn_buf name;
    fn_buf_init(&name, 1 << 16);
    int code = fnq_say(FN_EXIT_USAGE, "people name: a person and a name; a name of several "
                                      "words is written in quotes.");
    for (int i = 1; i < argc; i++)
        fn_buf_printf(&name, "%s%s", i > 1 ? " " : "", argv[i]);
    print_command("For example", argv[0], fn_buf_cstr(&name));
    fn_buf_finish(&name);
    return code;
}

static void print_json(struct fnq_ctx *ctx, const struct fnl_naming *n, uint64_t act)
{
    char id[FN_PERSON_TEXT];
    fn_person_text(&n->id, id);
    fnq_json_one(&ctx->out, "fnq.act/1",
                 json_pack("{s:I,s:s,s:o,s:I,s:b}", "act", (json_int_t)act, "person", id,
                           "name", fnq_json_bytes(n->clean), "faces",
                           (json_int_t)n->person.n_faces, "dry_run", ctx->o.dry_run));
}

static void print_text(struct fnq_ctx *ctx, const struct fnl_naming *n, uint64_t act)
{
    char id[FN_PERSON_TEXT], was[FN_PERSON_NAME_MAX + 32];
    fnl_person_title(&n->person.id, n->person.name, was, sizeof was);
    fnl_person_short(&n->id, id);
    fnq_text_safe(&ctx->out, was);
    fnq_text(&ctx->out, " %s ", ctx->o.dry_run ? "would be" : "is");
    fnq_text_safe(&ctx->out, n->clean);
    fnq_text(&ctx->out, " (%s, %u face%s).", ctx->o.dry_run ? "dry run" : id, n->person.n_faces,
             fn_plural_s(n->person.n_faces));
    fnq_print_undo(ctx, act);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_act_result r;
    if (argc > 2)
        return too_many(argc, argv);
    if (argc != 2)
        return fnq_usage(ctx, "people name: a person and a name.");
    struct fnl_naming n = {.who = argv[0], .name = argv[1], .same_name = o->fresh};
    int rc = fnl_name_person(ctx->lib, fnq_mode(ctx), &n, &r, &err);
    if (rc && n.taken && !n.same_name)
        return refuse(&n);
    if (rc)
        return fail(ctx, &n, &err);
    if (fnq_out_is_json(&ctx->out))
        print_json(ctx, &n, r.act);
    else
        print_text(ctx, &n, r.act);
    fnq_act_done(ctx, r.act, &r.after);
    return FN_EXIT_OK;
}

FNQ_COMMAND(people_name) = {
    .name = "people name",
    .args = "PERSON NAME",
    .group = FNQ_GROUP_EVERYDAY,
    .summary = "name or rename a person",
    .details = "PERSON is a name, any word of it, or an id as the lists show it.",
    .examples = "fnq people name p2g7ypwb 'Ann Berg'\n"
                "fnq people name ann 'Ann Olsen'\n",
    FNQ_TYPED(people_name, table),
    .operands = FNQ_COMPLETE_PEOPLE,
};
