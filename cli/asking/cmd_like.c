/* SPDX-License-Identifier: MIT */
/* fnq like: the nearest faces. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/library/nearest.h"
#include "cli/print/index_json.h"
#include "cli/print/list.h"
#include "cli/program/command.h"
#include "cli/program/sheet_save.h"

struct options {
    uint64_t count;
    bool exact;
    const char *sheet;
};
static const struct options defaults = {.count = 10};
static const struct fn_opt table[] = {
    OPT_NUMBER(count, "count", 'k', "K", "number of faces (default 10)"),
    OPT_FLAG(exact, "exact", 0, "search exactly (it always does)"),
    OPT_TEXT(sheet, "sheet", 0, "OUT.jpg", "write a contact sheet of the faces"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "face", .title = "FACE", .style = FNQ_DIM, .place = 1},
    {.key = "d2", .title = "D2", .right = true, .place = 2, .drop = 2},
    {.key = "p", .title = "P", .right = true, .place = 3},
    {.key = "state", .title = "STATE", .place = 5, .drop = 1},
    {.key = "person", .title = "NAME", .style = FNQ_BOLD, .place = 4, .fit = FNQ_MIDDLE},
    {.key = "box"},
    {.key = "path", .title = "PATH", .place = 6, .fit = FNQ_MIDDLE},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.like/1", "faces", "fnq.like.face/1", fields);

static void put(struct fnq_list *l, const struct fnl_near *n, const char *path)
{
    char name[FN_PERSON_NAME_MAX + 32] = "";
    fnq_put_shown(l, n->fact.id, n->fact.shown);
    fnq_put_real(l, n->d2, 2);
    fnq_put_real(l, n->p, 2);
    fnq_put_text(l, fnl_state_name(n->fact.state));
    if (n->fact.person.is && l->out->format == FNQ_TEXT)
        fnl_person_title(&n->fact.person.id, n->fact.person.name, name, sizeof name);
    fnq_put_json(l, fnq_person_json(&n->fact.person),
                 l->out->format == FNQ_TEXT ? name : n->fact.person.name);
    fnq_put_box(l, n->fact.box);
    fnq_put_path(l, path);
    fnq_list_row(l);
}

static void add_to_sheet(struct fnl_sheet *sheet, const struct fnl_near *n, const char *path)
{
    char line[96];
    const struct fnl_fact *f = &n->fact;
    (void)snprintf(line, sizeof line, "d² %.2f  %.0f %%", n->d2, 100 * n->p);
    fnl_sheet_add(sheet, path, f->box, f->person.name[0] ? f->person.name : f->shown, f->shown,
                  line);
}

static void print(struct fnq_ctx *ctx, const struct fnl_near *near, size_t n,
                  struct fnl_sheet *sheet)
{
    struct fnq_list l;
    char path[FN_PATH_MAX];
    fnq_list_begin(&l, &ctx->out, &kind);
    for (size_t i = 0; i < n; i++) {
        if (fn_path_absolute(fnl_txn(ctx->lib), near[i].fact.rec.photo, path, sizeof path))
            path[0] = '\0';
        put(&l, &near[i], path);
        if (path[0])
            add_to_sheet(sheet, &near[i], path);
    }
    fnq_list_end(&l, NULL);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_sheet sheet = {0};
    struct fnl_probe probe;
    struct fnl_near *near = NULL;
    size_t n = 0, k = (size_t)(o->count ? o->count : defaults.count);
    if (argc != 1 || o->count > FNL_NEAREST_MAX)
        return fnq_usage(ctx,
                         argc == 1 ? "like: -k is at most 10000." : "like: one face or file.");
    int rc = fnl_probe_get(ctx->lib, argv[0], &probe, &err);
    rc = rc ? rc : fnl_nearest(fnl_txn(ctx->lib), &probe, k, &near, &n, &err);
    if (!rc)
        print(ctx, near, n, &sheet);
    fnq_read_end(ctx);
    if (!rc && o->sheet)
        rc = fnq_sheet_save(ctx, &sheet, "Faces like this", o->sheet, &err);
    fnl_sheet_finish(&sheet);
    free(near);
    if (rc) {
        fn_buf_reset(&ctx->out.buf);
        return fnq_fail(ctx, &err, "like", NULL);
    }
    return n ? FN_EXIT_OK : FN_EXIT_NO;
}

FNQ_COMMAND(like) = {
    .name = "like",
    .args = "FACE | FILE",
    .group = FNQ_GROUP_PHOTOS,
    .summary = "list the faces most like a face",
    .examples = "fnq like ~/Pictures/costumes.jpg:1\n",
    FNQ_TYPED(like, table),
    .defaults = &defaults,
    .operands = FNQ_COMPLETE_FILES,
};
