/* SPDX-License-Identifier: MIT */
#include "cli/saying/labelling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print/index_json.h"
#include "cli/program/operands.h"
#include "cli/program/sheet_save.h"
#include "cli/saying/saying.h"
#include "engine/base/plural.h"

struct labelling {
    const struct fnq_labelling *what;
    struct fnl_labelling act;
    struct fnl_act_result result;
    struct fnl_targets targets;
    struct fnl_fact first; /* as it was before */
    double largest_d2;
    struct fnl_sheet sheet;
};

/* ---- which faces ---- */

static void add_to_sheet(struct fnq_ctx *ctx, struct labelling *l, const struct fnl_fact *f)
{
    char path[FN_PATH_MAX];
    if (l->what->common->sheet &&
        fn_path_absolute(fnl_txn(ctx->lib), f->rec.photo, path, sizeof path) == 0)
        fnl_sheet_add(&l->sheet, path, f->box, f->person.name[0] ? f->person.name : f->shown,
                      f->shown, fnl_state_name(f->state));
}

/* The distance of a face from its person needs a search, so it is computed only when it will be
 * printed. */
static int look_at(struct fnq_ctx *ctx, struct labelling *l, struct fn_error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < l->targets.n; i++) {
        struct fnl_fact f;
        rc = fnl_fact_get(fnl_txn(ctx->lib), l->targets.t[i].face, &f, err);
        if (!rc && (i == 0 || ctx->o.dry_run))
            rc = fnl_fact_judge(fnl_txn(ctx->lib), &f, err);
        if (rc)
            break;
        if (i == 0)
            l->first = f;
        if (f.person.has_d && f.person.d2 > l->largest_d2)
            l->largest_d2 = f.person.d2;
        add_to_sheet(ctx, l, &f);
    }
    return rc;
}

static int find_targets(struct fnq_ctx *ctx, struct labelling *l, int argc, char **argv,
                        struct fn_error *err)
{
    const char *query = l->what->common->query, *of = l->what->of;
    struct fn_person p;
    int rc = 0;
    for (int i = 0; !rc && i < argc; i++)
        rc = fnl_targets_add(ctx->lib, &l->targets, argv[i], err);
    if (!rc && query)
        rc = fnl_targets_add_query(ctx->lib, &l->targets, query, err);
    if (!rc && of && argc == 0 && !query)
        rc = fnl_targets_add_query(ctx->lib, &l->targets, "", err);
    if (!rc && of) {
        rc = fnl_person_find(fnl_txn(ctx->lib), of, &p, err);
        rc = rc ? rc : fnl_targets_only(ctx->lib, &l->targets, &p.id, err);
    }
    if (!rc && l->targets.n == 0)
        rc = fn_error_set(err, FN_ENOTFOUND, "no such face");
    return rc;
}

static int gather(struct fnq_ctx *ctx, struct labelling *l, int argc, char **argv,
                  struct fn_error *err)
{
    int rc = fnq_read_begin(ctx, err);
    rc = rc ? rc : find_targets(ctx, l, argc, argv, err);
    rc = rc ? rc : look_at(ctx, l, err);
    fnq_read_end(ctx);
    l->act.faces = rc ? NULL : calloc(l->targets.n, sizeof *l->act.faces);
    if (!rc && !l->act.faces)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    l->act.n = rc ? 0 : l->targets.n;
    for (size_t i = 0; i < l->act.n; i++)
        l->act.faces[i] = l->targets.t[i].face;
    return rc;
}

/* ---- the result ---- */

static void print_one(struct fnq_ctx *ctx, const struct labelling *l)
{
    struct fnq_out *o = &ctx->out;
    const struct fnl_fact *f = &l->first;
    fnq_text(o, "%s %s ", f->shown, ctx->o.dry_run ? "would be" : "is");
    if (l->act.kind == FN_ASSERT_NOTFACE) {
        fnq_text(o, "not a face");
    } else {
        fnq_text(o, l->act.kind == FN_ASSERT_NOT ? "not " : "");
        fnq_text_safe(o, l->act.name[0] ? l->act.name : "that person");
    }
    if (f->person.name[0] && strcmp(f->person.name, l->act.name) != 0) {
        fnq_text(o, " (was %s ", fnl_state_name(f->state));
        fnq_text_safe(o, f->person.name);
        fnq_text(o, ")");
    } else if (f->state == FNL_SUGGESTED && f->person.has_d) {
        fnq_text(o, " (was suggested %.0f %%)", 100 * f->person.p);
    }
    fnq_text(o, l->act.is_new ? ", a new person." : ".");
}

/* ": 2 confirmed as another person, 1 marked as not a face" */
static void print_conflicts(struct fnq_out *o, const struct fnl_labelling *a)
{
    const char *confirmed = a->kind == FN_ASSERT_IS    ? "confirmed as another person"
                            : a->kind == FN_ASSERT_NOT ? "confirmed as this person"
                                                       : "confirmed as a person";
    const struct {
        enum fnl_standing standing;
        const char *words;
    } all[] = {{FNL_STANDS_CONFIRMED, confirmed},
               {FNL_STANDS_REJECTED, "rejected as this person"},
               {FNL_STANDS_NOTFACE, "marked as not a face"}};
    const char *before = ": ";
    size_t n = fnl_labelling_conflicts(a);
    fnq_text(o, "%zu conflict%s", n, fn_plural_s(n));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!a->standing[all[i].standing])
            continue;
        fnq_text(o, "%s%zu %s", before, a->standing[all[i].standing], all[i].words);
        before = ", ";
    }
}

static void print_dry_run(struct fnq_ctx *ctx, const struct labelling *l, bool refused)
{
    struct fnq_out *o = &ctx->out;
    char n[32];
    fnq_thousands(n, sizeof n, l->act.n);
    fnq_text(o, "would%s %s %s face%s", refused ? " not" : "",
             l->act.kind == FN_ASSERT_IS    ? "confirm"
             : l->act.kind == FN_ASSERT_NOT ? "reject"
                                            : "mark as not a face",
             n, fn_plural_s(l->act.n));
    if (l->act.one_person && l->act.name[0]) {
        fnq_text(o, " of ");
        fnq_text_safe(o, l->act.name);
    }
    fnq_text(o, " (largest d² %.2f; ", l->largest_d2);
    print_conflicts(o, &l->act);
    fnq_text(o, ").");
}

static void print_many(struct fnq_ctx *ctx, const struct labelling *l)
{
    struct fnq_out *o = &ctx->out;
    char n[32];
    const char *name = l->act.one_person && l->act.name[0] ? l->act.name : NULL;
    fnq_thousands(n, sizeof n, l->act.n);
    fnq_text(o, "%s face%s ", n, fn_plural(l->act.n, " is", "s are"));
    if (l->act.kind == FN_ASSERT_NOTFACE) {
        fnq_text(o, "not faces.");
        return;
    }
    fnq_text(o, l->act.kind == FN_ASSERT_NOT ? "not " : "");
    fnq_text_safe(o, name ? name : "the person they were assigned to");
    fnq_text(o, ".");
}

static void print_json(struct fnq_ctx *ctx, const struct labelling *l)
{
    struct fnl_match m = {.is = l->act.kind != FN_ASSERT_NOTFACE && l->act.one_person,
                          .id = l->act.id};
    memcpy(m.name, l->act.name, sizeof m.name);
    fnq_json_one(&ctx->out, "fnq.act/1",
                 json_pack("{s:I,s:I,s:o,s:I,s:b}", "act", (json_int_t)l->result.act, "faces",
                           (json_int_t)l->act.n, "person", fnq_person_json(&m), "conflicts",
                           (json_int_t)l->result.n_conflicts, "dry_run", ctx->o.dry_run));
}

static void print(struct fnq_ctx *ctx, const struct labelling *l, bool refused)
{
    if (fnq_out_is_json(&ctx->out)) {
        print_json(ctx, l);
        return;
    }
    if (l->act.n == 1 && !refused)
        print_one(ctx, l);
    else if (ctx->o.dry_run)
        print_dry_run(ctx, l, refused);
    else
        print_many(ctx, l);
    if (refused)
        fnq_text(&ctx->out, "\n");
    else
        fnq_print_undo(ctx, l->result.act);
}

/* ---- the run ---- */

/* The act is done all the same. */
static int sheet_failed(struct fnq_ctx *ctx, const struct labelling *l,
                        const struct fn_error *err)
{
    char what[sizeof err->text + 64];
    if (!ctx->acted)
        return fnq_fail(ctx, err, l->what->verb, NULL);
    (void)snprintf(what, sizeof what, "the sheet was not written: %s", err->text);
    fnq_act_warn(ctx, what);
    return FN_EXIT_OK;
}

/* A dry run of what would be refused reports its conflicts as well, and exits as refused. */
static int run(struct fnq_ctx *ctx, struct labelling *l)
{
    struct fn_error err = {0};
    int rc = fnl_label_faces(ctx->lib, fnq_mode(ctx), &l->act, &l->result, &err);
    if (rc == FN_EREFUSED && ctx->o.dry_run && l->act.counted) {
        print(ctx, l, true);
        return fnq_fail(ctx, &err, l->what->verb, NULL);
    }
    if (rc)
        return fnq_fail(ctx, &err, l->what->verb, NULL);
    print(ctx, l, false);
    fnq_act_done(ctx, l->result.act, &l->result.after);
    if (l->what->common->sheet &&
        fnq_sheet_save(ctx, &l->sheet, l->what->verb, l->what->common->sheet, &err))
        return sheet_failed(ctx, l, &err);
    return FN_EXIT_OK;
}

int fnq_label_faces(struct fnq_ctx *ctx, const struct fnq_labelling *what, int argc,
                    char **argv)
{
    struct fn_error err = {0};
    struct labelling l = {
        .what = what,
        .act = {.kind = what->kind, .who = what->who, .fresh = what->fresh, .known = what->of}};
    if (what->common->batch)
        return argc ? fnq_usage(ctx, "%s: --batch reads standard input and takes no faces.",
                                what->verb)
                    : fnq_batch(ctx, what->common->atomic);
    if (argc == 0 && !what->common->query && !what->of)
        return fnq_usage(ctx, "%s: which faces?", what->verb);
    int rc = gather(ctx, &l, argc, argv, &err);
    int code =
        rc ? fnq_query_fail(ctx, &err, what->verb, l.targets.bad_query, l.targets.bad_column)
           : fnq_confirm_many(ctx, l.act.n, what->verb);
    if (!code)
        code = run(ctx, &l);
    free(l.act.faces);
    fnl_targets_finish(&l.targets);
    fnl_sheet_finish(&l.sheet);
    return code;
}
