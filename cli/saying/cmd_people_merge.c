/* SPDX-License-Identifier: MIT */
/* fnq people merge. */
#include <stdio.h>
#include <string.h>

#include "cli/library/merge_people.h"
#include "cli/program/command.h"
#include "cli/program/operands.h"
#include "cli/saying/saying.h"
#include "engine/base/plural.h"

struct options {
    bool take_all;
};
static const struct fn_opt table[] = {
    OPT_FLAG(take_all, "take-all", 0, "also faces that share a photo with the other person"),
    OPT_END,
};

/* "IMG_1.jpg, IMG_2.jpg" */
static void print_photos(struct fnq_ctx *ctx, const struct fnl_merging *m)
{
    char path[FN_PATH_MAX];
    for (size_t i = 0; i < m->n_photos; i++) {
        if (fnq_read_begin(ctx, NULL) ||
            fn_path_absolute(fnl_txn(ctx->lib), m->photos[i], path, sizeof path))
            continue;
        const char *slash = strrchr(path, '/');
        fnq_text(&ctx->out, "%s", i ? ", " : "");
        fnq_text_safe(&ctx->out, slash ? slash + 1 : path);
    }
    fnq_read_end(ctx);
    fnq_text(&ctx->out, m->n_conflicts > m->n_photos ? ", …\n" : "\n");
}

static void print_conflicts(struct fnq_ctx *ctx, const struct fnl_merging *m)
{
    if (!m->n_conflicts)
        return;
    fnq_text(&ctx->out,
             "  conflicts: %zu face%s in photos that hold a face of each (two faces of one "
             "photo are two persons): ",
             m->n_conflicts, fn_plural_s(m->n_conflicts));
    print_photos(ctx, m);
    if (m->n_stay)
        fnq_text(&ctx->out, "  %s unnamed unless you add --take-all\n",
                 m->n_stay == 1 ? "this face remains" : "these faces remain");
}

static void print_text(struct fnq_ctx *ctx, const struct fnl_merging *m,
                       const struct fnl_act_result *r)
{
    char from[FN_PERSON_TEXT], into[FN_PERSON_TEXT];
    struct fnq_out *o = &ctx->out;
    fnl_person_short(&m->from.id, from);
    fnl_person_short(&m->into.id, into);
    fnq_text(o, "merge %s (", from);
    fnq_text_safe(o, m->from.name[0] ? m->from.name : "unnamed");
    fnq_text(o, ", %u face%s) into %s ", m->from.n_faces, fn_plural_s(m->from.n_faces), into);
    fnq_text_safe(o, m->into.name[0] ? m->into.name : "(unnamed)");
    fnq_text(o, " (%u face%s)\n", m->into.n_faces, fn_plural_s(m->into.n_faces));
    print_conflicts(ctx, m);
    fnq_text(o, "%s %zu face%s.", ctx->o.dry_run ? "would merge" : "merged", r->n_changed,
             fn_plural_s(r->n_changed));
    fnq_print_undo(ctx, r->act);
}

static void print_json(struct fnq_ctx *ctx, const struct fnl_merging *m,
                       const struct fnl_act_result *r)
{
    char id[FN_PERSON_TEXT];
    fn_person_text(&m->into_id, id);
    fnq_json_one(&ctx->out, "fnq.act/1",
                 json_pack("{s:I,s:s,s:o,s:I,s:I,s:b}", "act", (json_int_t)r->act, "person", id,
                           "name", fnq_json_text_or_null(m->into.name), "faces",
                           (json_int_t)r->n_changed, "conflicts", (json_int_t)r->n_conflicts,
                           "dry_run", ctx->o.dry_run));
}

static int merge(struct fnq_ctx *ctx, const struct options *o, const char *from,
                 const char *into)
{
    struct fn_error err = {0};
    struct fnl_act_result r;
    struct fnl_merging m = {.from_who = from, .into_who = into, .take_all = o->take_all};
    int rc = fnl_merge_people(ctx->lib, fnq_mode(ctx), &m, &r, &err);
    int code = rc ? fnq_fail(ctx, &err, "people merge", NULL) : FN_EXIT_OK;
    if (!rc && fnq_out_is_json(&ctx->out))
        print_json(ctx, &m, &r);
    else if (!rc)
        print_text(ctx, &m, &r);
    if (!rc)
        fnq_act_done(ctx, r.act, &r.after);
    fnl_merging_finish(&m);
    return code;
}

/* More than two operands: names of several words, if they make two people. */
static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_people p = {0};
    if (argc == 2)
        return merge(ctx, o, argv[0], argv[1]);
    int rc = argc > 2 ? fnq_people_operands(ctx, argc, argv, &p, &err) : 0;
    fnq_read_end(ctx);
    int code = rc         ? fnq_fail(ctx, &err, "people merge", NULL)
               : p.n == 2 ? merge(ctx, o, p.who[0], p.who[1])
                          : fnq_usage(ctx, "people merge: the one to merge, and the one to "
                                           "merge it into.");
    fnq_people_finish(&p);
    return code;
}

FNQ_COMMAND(people_merge) = {
    .name = "people merge",
    .args = "PERSON INTO",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "make two people one",
    .examples = "fnq people merge p274d3iy 'Ann Berg' --dry-run\n"
                "fnq people merge p274d3iy 'Ann Berg'\n",
    FNQ_TYPED(people_merge, table),
    .operands = FNQ_COMPLETE_PEOPLE,
};
