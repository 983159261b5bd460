/* SPDX-License-Identifier: MIT */
/* fnq find: photos by the people in them. */
#include <errno.h>
#include <string.h>

#include "cli/asking/find_print.h"
#include "cli/library/kinds.h"
#include "cli/library/targets.h"
#include "cli/program/command.h"
#include "cli/program/operands.h"
#include "cli/program/sheet_save.h"
#include "engine/base/plural.h"
#include "engine/base/shell_word.h"

struct options {
    const char *output, *sort, *sheet;
    uint64_t limit;
};
static const struct options defaults = {.output = "files", .sort = "date"};
static const struct fn_opt table[] = {
    OPT_TEXT(output, "output", 0, "WHAT", "files (default), faces, photos, count or people"),
    OPT_TEXT(sort, "sort", 0, "KEY", "date (default), newest, path, faces"),
    OPT_NUMBER(limit, "limit", 0, "N", "at most N photos; count counts all"),
    OPT_TEXT(sheet, "sheet", 0, "OUT.jpg", "write a contact sheet of the matching faces"),
    OPT_END,
};

static bool parse_order(const char *key, enum fnl_photo_order *ret)
{
    static const char *const keys[] = {
        [FNL_BY_DATE] = "date",
        [FNL_BY_NEWEST] = "newest",
        [FNL_BY_PATH] = "path",
        [FNL_BY_N_FACES] = "faces",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0) {
            *ret = (enum fnl_photo_order)i;
            return true;
        }
    return false;
}

struct output {
    const char *what;
    fnq_find_print *print;
    const char *summary; /* start of the last line on a terminal; NULL: none */
};

/* Returns NULL if there is no such output. */
static const struct output *parse_output(const char *what)
{
    static const struct output outputs[] = {
        {"files", fnq_find_files, ""},
        {"faces", fnq_find_faces, "faces of "},
        {"photos", fnq_find_photos, ""},
        {"count", fnq_find_count, NULL},
        {"people", fnq_find_people, "people in "},
    };
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (strcmp(outputs[i].what, what) == 0)
            return &outputs[i];
    return NULL;
}

struct sheet {
    struct fnl_sheet sheet;
    size_t n_faces, n_unknown;
};

static void add_photo(struct fn_txn *t, struct sheet *s, const struct fnl_found *h)
{
    for (size_t i = 0; i < h->n_faces; i++) {
        struct fnl_fact f;
        char taken[32];
        if (fnl_fact_get(t, h->faces[i], &f, NULL))
            continue;
        s->n_faces++;
        s->n_unknown += f.state == FNL_UNKNOWN;
        if (!h->path)
            continue;
        fnl_taken_text(h->photo, taken, sizeof taken);
        taken[10] = '\0';
        fnl_sheet_add(&s->sheet, h->path, f.box, f.person.name[0] ? f.person.name : f.shown,
                      f.shown, taken[0] ? taken : fnq_file_name(h->path));
    }
}

static int write_sheet(struct fnq_ctx *ctx, const struct fnl_finds *f, const char *path,
                       struct fn_error *err)
{
    struct sheet s = {.n_faces = 0};
    for (size_t i = 0; i < f->n; i++)
        add_photo(fnl_txn(ctx->lib), &s, &f->found[i]);
    fnq_read_end(ctx);
    int rc = fnq_sheet_save(ctx, &s.sheet, "Found", path, err);
    fnl_sheet_finish(&s.sheet);
    if (!rc)
        fnq_note(ctx, "%zu photo%s, %zu face%s (%zu unknown)", f->n, fn_plural_s(f->n),
                 s.n_faces, fn_plural_s(s.n_faces), s.n_unknown);
    return rc;
}

/* Joins the operands to one query. */
static int join(struct fn_library *lib, char **argv, int argc, struct fn_buf *out,
                struct fn_error *err)
{
    int rc = 0;
    for (int i = 0; !rc && i < argc; i++)
        rc = fnl_query_operand(lib, argv[i], out, err);
    return rc;
}

/* A query that is a file, a face or a photo: which command takes it. */
static void print_hint(struct fnq_ctx *ctx, char **argv, int argc)
{
    static const struct {
        const char *what, *todo;
    } hints[] = {
        [FNL_KIND_FACE] = {"a face", "Show it: fnq show "},
        [FNL_KIND_PHOTO] = {"a photo", "Show it: fnq show "},
        [FNL_KIND_FILE] = {"a file", "Who is in it: fnq who "},
    };
    struct fn_buf word;
    fn_buf_init(&word, 1 << 16);
    for (int i = 0; i < argc; i++) {
        enum fnl_kind kind = FNL_KIND_NONE;
        if (fnq_read_begin(ctx, NULL) || fnl_kind_of(ctx->lib, argv[i], &kind, NULL) ||
            !hints[kind].what)
            continue;
        fn_buf_reset(&word);
        fn_shell_word(&word, argv[i]);
        FN_IGNORE(fnq_say(0, "'%s' is %s. %s%s", argv[i], hints[kind].what, hints[kind].todo,
                          fn_buf_cstr(&word)));
        break;
    }
    fnq_read_end(ctx);
    fn_buf_finish(&word);
}

static int search(struct fnq_ctx *ctx, int argc, char **argv, enum fnl_photo_order order,
                  uint64_t limit, struct fnl_finds *ret)
{
    struct fn_error err = {0};
    struct fn_buf query;
    size_t column = 0;
    int code = FN_EXIT_OK;
    fn_buf_init(&query, 1 << 20);
    int rc = fnq_read_begin(ctx, &err);
    rc = rc ? rc : join(ctx->lib, argv, argc, &query, &err);
    rc = rc ? rc
            : fnl_find_photos(ctx->lib, fn_buf_cstr(&query), order, limit, ret, &column, &err);
    if (rc)
        code = fnq_query_fail(ctx, &err, NULL, fn_buf_cstr(&query), column);
    if (rc && column)
        print_hint(ctx, argv, argc);
    fn_buf_finish(&query);
    return code;
}

/* A query that is just a person: it exists, but its photos do not. */
static void note_no_photos(struct fnq_ctx *ctx, char **argv, int argc)
{
    struct fn_buf text;
    struct fn_person p;
    char title[FN_PERSON_NAME_MAX + 32];
    fn_buf_init(&text, 1 << 16);
    for (int i = 0; i < argc; i++)
        fn_buf_printf(&text, "%s%s", i ? " " : "", argv[i]);
    if (!fn_buf_failed(&text) &&
        !fnl_person_find(fnl_txn(ctx->lib), fn_buf_cstr(&text), &p, NULL) && !p.n_faces) {
        fnl_person_title(&p.id, p.name, title, sizeof title);
        fnq_note(ctx, "%s has no photos %s", title, p.name[0] ? "now" : "any more");
    }
    fn_buf_finish(&text);
}

static int print(struct fnq_ctx *ctx, const struct options *o, const struct output *output,
                 const struct fnl_finds *f, char **argv, int argc)
{
    struct fn_error err = {0};
    if (!f->n)
        note_no_photos(ctx, argv, argc);
    int rc = output->print(&ctx->out, fnl_txn(ctx->lib), f, &err);
    if (!rc && f->n && output->summary && ctx->out.format == FNQ_TEXT)
        fnq_find_summary(&ctx->out, output->summary, f);
    if (!rc && o->sheet)
        rc = write_sheet(ctx, f, o->sheet, &err);
    fnq_read_end(ctx);
    return rc ? fnq_fail(ctx, &err, NULL, NULL) : f->n ? FN_EXIT_OK : FN_EXIT_NO;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fnl_finds f = {.n = 0};
    enum fnl_photo_order order = FNL_BY_DATE;
    const struct output *output = parse_output(o->output);
    if (argc == 0)
        return fnq_usage(ctx, "find: what? For example: fnq find ann and not tom date:2019");
    if (!parse_order(o->sort, &order))
        return fnq_usage(ctx, "find: --sort is date, newest, path or faces, not '%s'.",
                         o->sort);
    if (!output)
        return fnq_usage(ctx,
                         "find: --output is files, faces, photos, count or people, not '%s'.",
                         o->output);
    int code = search(ctx, argc, argv, order, o->limit, &f);
    code = code ? code : print(ctx, o, output, &f, argv, argc);
    fnl_finds_finish(&f);
    return code;
}

FNQ_COMMAND(find) = {
    .name = "find",
    .args = "QUERY",
    .group = FNQ_GROUP_EVERYDAY,
    .summary = "find photos by the people in them",
    .details = "A query is made of people and of conditions. Join them with and (which may be "
               "left out), or, not and parentheses. A person is a name, any word of it, the "
               "beginning of it, or an id.\n"
               "  only:ann,tom     these people and nobody else\n"
               "  with:unknown     somebody who has no name\n"
               "  faces:>=3        the number of faces; also faces:=2\n"
               "  date:2019        when it was taken; also date:2019-06..2020, date:..2012\n"
               "  path:trips/**    where it is, below the folder that is indexed\n"
               "  state:confirmed  a face that is confirmed, suggested, unknown or rejected\n"
               "  quality>=0.5     how much a face can tell, from 0 to 1\n"
               "  size>=80px       how large a face is\n"
               "  p>=0.9           how probable it is that a face is the person\n"
               "  missing:yes      the file is gone, or on a drive that is not there\n"
               "A name that is also a word of this language needs double quotes within the "
               "quotes of the shell.",
    .examples = "fnq find ann\n"
                "fnq find Ann Berg and not Tom\n"
                "fnq find ann tom date:2019\n"
                "fnq find '(ann or tom) faces:2'\n"
                "fnq find only:ann,tom -0 | xargs -0 cp -t ~/book/\n"
                "fnq find with:unknown --output faces\n"
                "fnq find '\"And\" or \"date:2019\"'\n",
    FNQ_TYPED(find, table),
    .defaults = &defaults,
    .operands = FNQ_COMPLETE_PEOPLE,
};
