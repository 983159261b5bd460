/* SPDX-License-Identifier: MIT */
/* fnq find: photos by the people in them. */
#include <errno.h>
#include <string.h>

#include "cli/asking/find_print.h"
#include "cli/program/command.h"
#include "cli/program/sheet_save.h"
#include "engine/base/plural.h"
#include "cli/program/operands.h"

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
static int join(char **argv, int argc, struct fn_buf *out, struct fn_error *err)
{
    for (int i = 0; i < argc; i++) {
        if (i)
            fn_buf_char(out, ' ');
        fn_buf_str(out, argv[i]);
    }
    return fn_buf_failed(out) ? fn_error_set(err, FN_EUSAGE, "the query is too long") : 0;
}

static int search(struct fnq_ctx *ctx, const char *query, enum fnl_photo_order order,
                  uint64_t limit, struct fnl_finds *ret, struct fn_error *err)
{
    size_t column = 0;
    int rc = fnq_read_begin(ctx, err);
    rc = rc ? rc : fnl_find_photos(ctx->lib, query, order, limit, ret, &column, err);
    if (column)
        fnq_caret(query, column);
    return rc;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_finds f = {.n = 0};
    struct fn_buf query;
    enum fnl_photo_order order = FNL_BY_DATE;
    const struct output *output = parse_output(o->output);
    if (argc == 0)
        return fnq_usage(ctx,
                         "find: what? For example: fnq find 'anna and tom not lena date:2019'");
    if (!parse_order(o->sort, &order))
        return fnq_usage(ctx, "find: --sort is date, newest, path or faces, not '%s'.",
                         o->sort);
    if (!output)
        return fnq_usage(ctx,
                         "find: --output is files, faces, photos, count or people, not '%s'.",
                         o->output);
    fn_buf_init(&query, 1 << 20);
    int rc = join(argv, argc, &query, &err);
    rc = rc ? rc : search(ctx, fn_buf_cstr(&query), order, o->limit, &f, &err);
    rc = rc ? rc : output->print(&ctx->out, fnl_txn(ctx->lib), &f, &err);
    if (!rc && f.n && output->summary && ctx->out.format == FNQ_TEXT)
        fnq_find_summary(&ctx->out, output->summary, &f);
    if (!rc && o->sheet)
        rc = write_sheet(ctx, &f, o->sheet, &err);
    fnq_read_end(ctx);
    int code = rc ? fnq_fail(ctx, &err, NULL, NULL) : f.n ? FN_EXIT_OK : FN_EXIT_NO;
    fnl_finds_finish(&f);
    fn_buf_finish(&query);
    return code;
}

FNQ_COMMAND(find) = {
    .name = "find",
    .args = "QUERY",
    .summary = "find photos by the people in them",
    .details = "and (may be left out), or, not, ( ); a name or id; only:anna,tom; "
               "with:unknown; faces:=2; faces:>=3;\n"
               "date:2019-06..2020; path:trips/**; state:confirmed; quality>=0.5; size>=80px; "
               "p>=0.9; missing:yes",
    FNQ_TYPED(find, table),
    .defaults = &defaults,
    .operands = FNQ_COMPLETE_PEOPLE,
};
