/* SPDX-License-Identifier: MIT */
/* fnq like: the nearest faces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/old_commands.h"
#include "cli/library/look.h"
#include "cli/print/index_json.h"
#include "index/search/search.h"

const struct fn_opt fnq_options_like[] = {
    {"count", 'k', FN_OPT_U64, FNQ_AT(k), "K", "how many (default 10)"},
    {"exact", 0, FN_OPT_FLAG, FNQ_AT(exact), NULL, "exact search (it always is)"},
    {"sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg", "write a contact sheet of them"},
    FNQ_OPT_END,
};

enum { K_MAX = 10000 };

/* The vector that is asked about: of a face of the index, or of the only (or N-th) face of a
 * file. */
static int probe(struct fnq_ctx *ctx, const char *what, int16_t x[FN_DIM], fn_face_id *except,
                 struct fn_error *err)
{
    struct fn_face_rec rec;
    struct fnl_look l;
    char file[FN_PATH_MAX];
    unsigned number = 0;
    bool numbered =
        access(what, F_OK) != 0 && fnl_split_numbered(what, file, sizeof file, &number);
    int rc = fnq_read_begin(ctx, err);
    if (!rc && (fnl_is_face_id(what) ||
                (numbered && fnl_face_find(ctx->lib, what, except, NULL) == 0))) {
        rc = *except ? 0 : fnl_face_find(ctx->lib, what, except, err);
        if (!rc && (rc = fn_face_get(fnl_txn(ctx->lib), *except, &rec)) == 0)
            rc = fn_vector_get(fnl_txn(ctx->lib), rec.row, x);
        return rc && !err->text[0] ? fn_error_set(err, rc, "%s: %s", what, fn_strerror(rc))
                                   : rc;
    }
    if (rc)
        return rc;
    rc = fnl_look(ctx->lib, numbered ? file : what, 0, &l, err);
    if (!rc && l.code) {
        *err = l.err;
        rc = fn_error_prefix(err, "%s", l.path);
    }
    if (!rc && (numbered ? number > l.n : l.n != 1))
        rc = fn_error_set(err, l.n ? FN_EUSAGE : FN_ENOTFOUND,
                          l.n ? "%s has %zu faces: say which, %s:N" : "%s has no face", l.path,
                          l.n, l.path);
    if (!rc)
        memcpy(x, l.faces[numbered ? number - 1 : 0].x, sizeof(int16_t) * FN_DIM);
    fnl_look_finish(&l);
    return rc ? rc : fnq_read_begin(ctx, err);
}

static void print_hit(struct fnq_ctx *ctx, struct fnq_table *t, struct fnl_sheet *sheet,
                      const struct fnl_fact *f, double d2, double p)
{
    char path[FN_PATH_MAX] = "", line[96];
    if (fn_path_absolute(fnl_txn(ctx->lib), f->rec.photo, path, sizeof path))
        path[0] = '\0';
    if (fnq_out_is_json(&ctx->out)) {
        json_t *o = json_object();
        fnq_set(o, "face", json_string(f->id));
        fnq_set(o, "d2", fnq_json_real(d2));
        fnq_set(o, "p", fnq_json_real(p));
        fnq_set(o, "state", json_string(fnl_state_name(f->state)));
        fnq_set(o, "person", fnq_person_json(&f->person));
        fnq_set(o, "box", fnq_json_box(f->box));
        fnq_set_path(o, path);
        fnq_json_item(&ctx->out, o);
    } else {
        fnq_cell(t, ctx->out.format == FNQ_TEXT ? f->shown : f->id);
        fnq_cellf(t, ctx->out.format == FNQ_TEXT ? "%.2f" : "%.9g", d2);
        fnq_cellf(t, ctx->out.format == FNQ_TEXT ? "%.2f" : "%.9g", p);
        fnq_cell(t, f->person.name);
        fnq_cell(t, fnl_state_name(f->state));
        fnq_cell(t, path);
        fnq_row_end(t);
    }
    if (ctx->o.sheet && path[0]) {
        (void)snprintf(line, sizeof line, "d2 %.2f  %.0f %%", d2, 100 * p);
        fnl_sheet_add(sheet, path, f->box, f->person.name[0] ? f->person.name : f->shown, line);
    }
}

static int search(struct fnq_ctx *ctx, const int16_t x[FN_DIM], fn_face_id except,
                  struct fnl_sheet *sheet, size_t *ret_n, struct fn_error *err)
{
    static const struct fnq_column columns[] = {
        {"FACE", false, FNQ_DIM},  {"D2", true, 0},     {"P", true, 0},
        {"NAME", false, FNQ_BOLD}, {"STATE", false, 0}, {"PATH", false, 0}};
    size_t k = ctx->o.k ? (size_t)ctx->o.k : 10;
    struct fn_hit *hits = calloc(k, sizeof *hits);
    struct fn_index_model model;
    struct fnq_table t;
    int rc = hits ? fn_index_model_get(fnl_txn(ctx->lib), &model, err)
                  : fn_error_set(err, -12, "out of memory");
    rc = rc ? rc : fn_search(fnl_txn(ctx->lib), x, UINT32_MAX, k, except, hits, ret_n, err);
    fnq_table_begin(&t, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.like/1", "faces", "fnq.like.face/1");
    for (size_t i = 0; !rc && i < *ret_n; i++) {
        struct fnl_fact f;
        rc = fnl_fact_get(fnl_txn(ctx->lib), hits[i].face, &f, err);
        if (!rc)
            print_hit(ctx, &t, sheet, &f, fnl_d2(hits[i].d),
                      fn_people_probability(&model, hits[i].d));
    }
    fnq_json_end(&ctx->out, NULL);
    fnq_table_end(&t);
    free(hits);
    return rc;
}

int fnq_run_like(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_sheet sheet = {0};
    int16_t x[FN_DIM];
    fn_face_id except = 0;
    size_t n = 0;
    if (argc != 1 || ctx->o.k > K_MAX)
        return fnq_usage(ctx,
                         argc == 1 ? "like: -k is at most 10000." : "like: one face or file.");
    int rc = probe(ctx, argv[0], x, &except, &err);
    rc = rc ? rc : search(ctx, x, except, &sheet, &n, &err);
    fnq_read_end(ctx);
    if (!rc && ctx->o.sheet)
        rc = fnl_sheet_write(ctx->lib, &sheet, "Faces like this", ctx->o.sheet, NULL, &err);
    fnl_sheet_finish(&sheet);
    if (rc) {
        fn_buf_reset(&ctx->out.buf);
        return fnq_fail(ctx, &err, "like", NULL);
    }
    return n ? FNQ_OK : FNQ_NO;
}
