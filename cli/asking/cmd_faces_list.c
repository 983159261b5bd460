/* SPDX-License-Identifier: MIT */
/* fnq faces list. */
#include <string.h>

#include "cli/asking/face_fields.h"
#include "cli/library/face_list.h"
#include "cli/library/persons.h"
#include "cli/program/command.h"
#include "cli/program/sheet_save.h"

struct options {
    bool all;
    uint64_t limit;
    const char *person, *sheet;
};
static const struct fn_opt table[] = {
    OPT_FLAG(all, "all", 'a', "also faces of hidden people, and those labelled as not a face"),
    OPT_TEXT(person, "person", 0, "PERSON", "only faces of this person"),
    OPT_NUMBER(limit, "limit", 0, "N", "at most N faces"),
    OPT_TEXT(sheet, "sheet", 0, "OUT.jpg", "write a contact sheet of the faces"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "face", .title = "FACE", .style = FNQ_DIM, .place = 1},
    {.key = "photo"},
    {.key = "paths", .title = "PATH", .place = 7, .fit = FNQ_MIDDLE},
    {.key = "box", .title = "BOX", .style = FNQ_DIM, .place = 6, .drop = 4},
    {.key = "score"},
    {.key = "quality", .title = "QUALITY", .right = true, .place = 5, .drop = 3},
    {.key = "state", .title = "STATE", .place = 2, .drop = 1},
    {.key = "person", .title = "PERSON", .style = FNQ_DIM, .place = 3, .only = FNQ_DATA},
    {.title = "NAME", .style = FNQ_BOLD, .place = 4, .fit = FNQ_MIDDLE},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.faces/1", "faces", "fnq.face/1", fields);

struct listing {
    struct fn_txn *t;
    struct fnq_list list;
    struct fnl_sheet *sheet; /* NULL: none */
    size_t n;
};

static void add_to_sheet(struct fn_txn *t, struct fnl_sheet *sheet, const struct fnl_fact *f)
{
    char path[FN_PATH_MAX];
    if (fn_path_absolute(t, f->rec.photo, path, sizeof path))
        path[0] = '\0';
    fnl_sheet_add(sheet, path, f->box, f->person.name[0] ? f->person.name : f->shown, f->shown,
                  fnq_file_name(path));
}

static int visit(const struct fnl_fact *f, void *arg)
{
    struct listing *l = arg;
    fnq_put_face(&l->list, l->t, f);
    fnq_list_row(&l->list);
    if (l->sheet)
        add_to_sheet(l->t, l->sheet, f);
    l->n++;
    return 0;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_person only;
    struct fnl_sheet sheet = {0};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "faces list takes no operands; --person P for one person.");
    int rc = fnq_read_begin(ctx, &err);
    struct listing l = {.t = fnl_txn(ctx->lib), .sheet = o->sheet ? &sheet : NULL};
    if (!rc && o->person)
        rc = fnl_person_find(l.t, o->person, &only, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_list_begin(&l.list, &ctx->out, &kind);
    const struct fnl_face_choice choice = {o->person ? &only.id : NULL, o->all, o->limit};
    rc = fnl_faces_each(l.t, &choice, visit, &l, &err);
    fnq_list_end(&l.list, json_pack("{s:I}", "shown", (json_int_t)l.n));
    fnq_read_end(ctx);
    if (!rc && o->sheet)
        rc = fnq_sheet_save(ctx, &sheet, "Faces", o->sheet, &err);
    fnl_sheet_finish(&sheet);
    return rc ? fnq_fail(ctx, &err, "faces", NULL) : FN_EXIT_OK;
}

FNQ_COMMAND(faces_list) = {
    .name = "faces list",
    .args = "",
    .group = FNQ_GROUP_PHOTOS,
    .summary = "list faces",
    .examples = "fnq faces list --person ann\n"
                "fnq faces list --all --csv >~/faces.csv\n",
    FNQ_TYPED(faces_list, table),
};
