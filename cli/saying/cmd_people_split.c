/* SPDX-License-Identifier: MIT */
/* fnq people split. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/persons.h"
#include "cli/library/split_person.h"
#include "cli/program/command.h"
#include "cli/saying/saying.h"
#include "cli/saying/split_view.h"
#include "engine/base/plural.h"

struct options {
    const char *by, *take, *as, *sheet;
};
static const struct fn_opt table[] = {
    OPT_TEXT(by, "by", 0, "WHAT", "appearance (default), age, or appearance,age"),
    OPT_TEXT(take, "take", 0, "LETTER", "take this part out"),
    OPT_TEXT(as, "as", 0, "NAME",
             "who the faces taken are: a name, a person, or new (default)"),
    OPT_TEXT(sheet, "sheet", 0, "OUT.jpg", "write a contact sheet of the parts"),
    OPT_END,
};

static bool parse_by(const char *by, unsigned *ret)
{
    static const struct {
        const char *word;
        unsigned by;
    } all[] = {{"appearance", FNL_SPLIT_APPEARANCE},
               {"age", FNL_SPLIT_AGE},
               {"appearance,age", FNL_SPLIT_APPEARANCE | FNL_SPLIT_AGE},
               {"age,appearance", FNL_SPLIT_APPEARANCE | FNL_SPLIT_AGE}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(by, all[i].word) == 0) {
            *ret = all[i].by;
            return true;
        }
    return false;
}

/* ---- taking faces out ---- */

static void print_taken(struct fnq_ctx *ctx, const struct fnl_taking *k, uint64_t act)
{
    char id[FN_PERSON_TEXT];
    fn_person_text(&k->taken.id, id);
    if (fnq_out_is_json(&ctx->out)) {
        fnq_json_one(&ctx->out, "fnq.act/1",
                     json_pack("{s:I,s:I,s:s,s:o,s:b}", "act", (json_int_t)act, "faces",
                               (json_int_t)k->n_taken, "person", id, "name",
                               fnq_json_text_or_null(k->taken.name), "dry_run",
                               ctx->o.dry_run));
        return;
    }
    fnl_person_short(&k->taken.id, id);
    fnq_text(&ctx->out, "%zu face%s %s ", k->n_taken, fn_plural_s(k->n_taken),
             ctx->o.dry_run    ? "would be"
             : k->n_taken == 1 ? "is"
                               : "are");
    if (k->taken.name[0])
        fnq_text_safe(&ctx->out, k->taken.name);
    else
        fnq_text(&ctx->out, "%s", ctx->o.dry_run ? "a new person" : id);
    fnq_text(&ctx->out, " now; %zu remain.", k->n_rest);
    fnq_print_undo(ctx, act);
}

static int take(struct fnq_ctx *ctx, const struct options *o, const struct fnl_split *s,
                const bool *taken)
{
    struct fn_error err = {0};
    struct fnl_act_result r;
    struct fnl_taking k = {.as = o->as && strcmp(o->as, "new") != 0 ? o->as : NULL};
    if (fnl_split_take(ctx->lib, fnq_mode(ctx), s, taken, &k, &r, &err))
        return fnq_fail(ctx, &err, "people split", NULL);
    print_taken(ctx, &k, r.act);
    fnq_act_done(ctx, r.act, &r.after);
    return FN_EXIT_OK;
}

/* ---- the run ---- */

static int choose_faces(struct fnq_ctx *ctx, const struct fnl_split *s, int argc, char **argv,
                        bool *taken, struct fn_error *err)
{
    int rc = 0;
    for (int i = 0; !rc && i < argc; i++) {
        fn_face_id id = 0;
        rc = fnl_face_find(ctx->lib, argv[i], &id, err);
        rc = rc ? rc : fnl_split_choose_face(s, id, argv[i], taken, err);
    }
    return rc;
}

/* *ret: an array with one flag for each face. */
static int choose(struct fnq_ctx *ctx, const struct options *o, const struct fnl_split *s,
                  int argc, char **argv, bool **ret, struct fn_error *err)
{
    *ret = calloc(s->n + 1, sizeof **ret);
    if (!*ret)
        return fn_error_set(err, -ENOMEM, "out of memory");
    if (!o->take)
        return choose_faces(ctx, s, argc, argv, *ret, err);
    int rc = fnl_split_choose_part(s, o->take, *ret, err);
    return rc ? fn_error_prefix(err, "--take '%s'", o->take) : 0;
}

static int show(struct fnq_ctx *ctx, const struct options *o, const struct fnl_split *s)
{
    struct fn_error err = {0};
    fnq_print_parts(ctx, s);
    if (o->sheet && fnq_write_parts_sheet(ctx, s, o->sheet, &err))
        return fnq_fail(ctx, &err, "people split", NULL);
    return s->n_parts > 1 ? FN_EXIT_OK : FN_EXIT_NO;
}

/* The first words are the person, as for people show. Free *ret_name. */
static int who(struct fnq_ctx *ctx, int argc, char **argv, char **ret_name, int *ret_words,
               struct fn_error *err)
{
    struct fn_buf name;
    size_t n = 1;
    int rc = fnl_person_words(fnl_txn(ctx->lib), argv, (size_t)argc, &n, err);
    if (rc)
        return rc;
    fn_buf_init(&name, 1 << 16);
    for (size_t i = 0; i < n; i++)
        fn_buf_printf(&name, "%s%s", i ? " " : "", argv[i]);
    *ret_words = (int)n;
    *ret_name = fn_buf_detach(&name);
    return *ret_name ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
}

static int split(struct fnq_ctx *ctx, const struct options *o, unsigned by, int argc,
                 char **argv)
{
    struct fn_error err = {0};
    struct fnl_split s = {0};
    char *name = NULL;
    int words = 1;
    bool *taken = NULL, act = false;
    int rc = fnq_read_begin(ctx, &err);
    rc = rc ? rc : who(ctx, argc, argv, &name, &words, &err);
    act = argc > words || o->take;
    rc = rc ? rc : fnl_split_load(fnl_txn(ctx->lib), name, &s, &err);
    rc = rc || argc > words ? rc : fnl_split_find(&s, by, &err);
    if (!rc && o->take && argc > words)
        rc = fn_error_set(&err, FN_EUSAGE, "faces or --take, not both");
    if (!rc && act)
        rc = choose(ctx, o, &s, argc - words, argv + words, &taken, &err);
    fnq_read_end(ctx);
    int code = rc    ? fnq_fail(ctx, &err, "people split", NULL)
               : act ? take(ctx, o, &s, taken)
                     : show(ctx, o, &s);
    free(name);
    free(taken);
    fnl_split_finish(&s);
    return code;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    unsigned by = FNL_SPLIT_APPEARANCE;
    if (argc == 0)
        return fnq_usage(ctx, "people split: who?");
    if (o->by && !parse_by(o->by, &by))
        return fnq_usage(
            ctx, "people split: --by is appearance, age, or both with a comma between.");
    return split(ctx, o, by, argc, argv);
}

FNQ_COMMAND(people_split) = {
    .name = "people split",
    .args = "PERSON [FACE...]",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "take faces out of a person",
    .details = "Without --take it shows the parts into which a person can be divided. Faces "
               "given by id are taken directly.",
    .examples = "fnq people split Ann Berg\n"
                "fnq people split Ann Berg --take B --as Tom\n"
                "fnq people split Ann Berg ~/Pictures/bar.jpg:1\n",
    FNQ_TYPED(people_split, table),
    .operands = FNQ_COMPLETE_PEOPLE,
};
