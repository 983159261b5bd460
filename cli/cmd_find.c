/* SPDX-License-Identifier: MIT */
/* fnq find: photos by who is in them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/library/pictures.h"
#include "cli/library/targets.h"
#include "cli/program/operands.h"
#include "cli/print/index_json.h"

const struct fn_opt fnq_options_find[] = {
    {"output", 0, FN_OPT_STRING, FNQ_AT(output), "WHAT",
     "files (default), faces, photos, count or people"},
    {"sort", 0, FN_OPT_STRING, FNQ_AT(sort), "KEY", "date (default), newest, path, faces"},
    {"limit", 0, FN_OPT_U64, FNQ_AT(limit), "N", "at most N photos"},
    {"sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg",
     "write a contact sheet of the matching faces"},
    FNQ_OPT_END,
};

struct hit {
    fn_photo_id photo;
    struct fn_h128 hash;
    int64_t taken_s;
    struct fn_photo *info;
    fn_face_id *faces;
    size_t n_faces;
    char *path; /* NULL: none left */
};

struct find {
    struct fnq_ctx *ctx;
    struct hit *h;
    size_t n, cap;
};

static int keep(const struct fn_photo *p, const fn_face_id *faces, size_t n, void *arg)
{
    struct find *f = arg;
    char path[FN_PATH_MAX];
    if (f->n == f->cap) {
        size_t cap = f->cap ? 2 * f->cap : 256;
        struct hit *h = reallocarray(f->h, cap, sizeof *h);
        if (!h)
            return -ENOMEM;
        f->h = h;
        f->cap = cap;
    }
    struct hit *h = &f->h[f->n];
    *h = (struct hit){.photo = p->id, .hash = p->hash, .n_faces = n};
    h->taken_s = p->taken_precision ? p->taken_s : INT64_MAX;
    h->faces = calloc(n + 1, sizeof *h->faces);
    h->info = malloc(sizeof *h->info);
    if (h->info)
        *h->info = *p;
    if (fn_path_absolute(fnl_txn(f->ctx->lib), p->id, path, sizeof path) == 0)
        h->path = strdup(path);
    f->n++;
    if (!h->faces || !h->info)
        return -ENOMEM;
    if (n)
        memcpy(h->faces, faces, n * sizeof *faces);
    return 0;
}

static void finish(struct find *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->h[i].faces);
        free(f->h[i].info);
        free(f->h[i].path);
    }
    free(f->h);
}

static int by_date(const void *a, const void *b)
{
    const struct hit *p = a, *q = b;
    if (p->taken_s != q->taken_s)
        return p->taken_s < q->taken_s ? -1 : 1;
    return (p->photo > q->photo) - (p->photo < q->photo);
}

static int by_newest(const void *a, const void *b)
{
    const struct hit *p = a, *q = b;
    bool unknown_p = p->taken_s == INT64_MAX, unknown_q = q->taken_s == INT64_MAX;
    if (unknown_p != unknown_q)
        return unknown_p ? 1 : -1;
    return -by_date(a, b);
}

static int by_path(const void *a, const void *b)
{
    const struct hit *p = a, *q = b;
    int c = strcmp(p->path ? p->path : "", q->path ? q->path : "");
    return c ? c : by_date(a, b);
}

static int by_faces(const void *a, const void *b)
{
    const struct hit *p = a, *q = b;
    return p->info->n_faces != q->info->n_faces ? (p->info->n_faces > q->info->n_faces ? -1 : 1)
                                                : by_date(a, b);
}

static int sort_hits(struct find *f)
{
    static const struct {
        const char *key;
        int (*order)(const void *a, const void *b);
    } keys[] = {
        {"date", by_date}, {"newest", by_newest}, {"path", by_path}, {"faces", by_faces}};
    const char *want = f->ctx->o.sort ? f->ctx->o.sort : "date";
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].key, want) == 0) {
            if (f->n)
                qsort(f->h, f->n, sizeof *f->h, keys[i].order);
            if (f->ctx->o.limit && f->n > f->ctx->o.limit) {
                struct find rest = {.h = f->h + f->ctx->o.limit,
                                    .n = f->n - (size_t)f->ctx->o.limit};
                for (size_t k = 0; k < rest.n; k++) {
                    free(rest.h[k].faces);
                    free(rest.h[k].info);
                    free(rest.h[k].path);
                }
                f->n = (size_t)f->ctx->o.limit;
            }
            return 0;
        }
    return fnq_usage(f->ctx, "find: --sort is date, newest, path or faces, not '%s'.", want);
}

static json_t *photo_json(struct fnq_ctx *ctx, const struct hit *h)
{
    char hex[FN_H128_HEX];
    json_t *o = json_object(), *faces = json_array();
    fnl_photo_hex(&h->hash, hex, sizeof hex);
    fnq_set(o, "photo", json_string(hex));
    if (h->path)
        fnq_set_path(o, h->path);
    else
        fnq_set(o, "path", json_null());
    fnq_set(o, "taken", fnq_taken_json(h->info));
    fnq_set(o, "width", json_integer(h->info->width));
    fnq_set(o, "height", json_integer(h->info->height));
    fnq_set(o, "n_faces", json_integer(h->info->n_faces));
    for (size_t i = 0; i < h->n_faces; i++) {
        struct fnl_fact f;
        if (fnl_fact_get(fnl_txn(ctx->lib), h->faces[i], &f, NULL))
            continue;
        json_t *face = json_object();
        fnq_set(face, "face", json_string(f.id));
        fnq_set(face, "box", fnq_json_box(f.box));
        fnq_set(face, "state", json_string(fnl_state_name(f.state)));
        fnq_set(face, "person", fnq_person_json(&f.person));
        if (json_array_append_new(faces, face) < 0)
            abort();
    }
    fnq_set(o, "faces", faces);
    return o;
}

static void out_files(struct find *f)
{
    static const struct fnq_column columns[] = {{"PATH", false, 0}};
    struct fnq_ctx *ctx = f->ctx;
    struct fnq_table t;
    fnq_table_begin(&t, &ctx->out, columns, 1);
    fnq_json_begin(&ctx->out, "fnq.find/1", "photos", "fnq.find.photo/1");
    for (size_t i = 0; i < f->n; i++) {
        if (fnq_out_is_json(&ctx->out)) {
            fnq_json_item(&ctx->out, photo_json(ctx, &f->h[i]));
        } else if (f->h[i].path && ctx->out.format == FNQ_TEXT) {
            fnq_text_safe(&ctx->out,
                          f->h[i].path); /* no heading: one path per line, as in a pipe */
            fnq_text(&ctx->out, "\n");
        } else if (f->h[i].path) {
            fnq_cell(&t, f->h[i].path);
            fnq_row_end(&t);
        }
    }
    json_t *more = json_object();
    fnq_set(more, "total", json_integer((json_int_t)f->n));
    fnq_json_end(&ctx->out, more);
    fnq_table_end(&t);
}

static void out_photos(struct find *f)
{
    static const struct fnq_column columns[] = {{"PHOTO", false, FNQ_DIM},
                                                {"TAKEN", false, 0},
                                                {"FACES", true, 0},
                                                {"SIZE", true, 0},
                                                {"PATH", false, 0}};
    struct fnq_ctx *ctx = f->ctx;
    struct fnq_table t;
    char hex[FN_H128_HEX], taken[32];
    if (fnq_out_is_json(&ctx->out)) {
        out_files(f);
        return;
    }
    fnq_table_begin(&t, &ctx->out, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < f->n; i++) {
        const struct hit *h = &f->h[i];
        fnl_photo_hex(&h->hash, hex,
                      ctx->out.format == FNQ_TEXT ? FNL_PHOTO_SHORT + 1 : sizeof hex);
        fnl_taken_text(h->info, taken, sizeof taken);
        fnq_cell(&t, hex);
        fnq_cell(&t, taken);
        fnq_cellf(&t, "%u", h->info->n_faces);
        fnq_cellf(&t, "%ux%u", h->info->width, h->info->height);
        fnq_cell(&t, h->path);
        fnq_row_end(&t);
    }
    fnq_table_end(&t);
}

static void face_out(struct fnq_ctx *ctx, struct fnq_table *t, const struct hit *h,
                     const struct fnl_fact *f)
{
    char hex[FN_H128_HEX];
    if (!fnq_out_is_json(&ctx->out)) {
        fnq_cell(t, ctx->out.format == FNQ_TEXT ? f->shown : f->id);
        fnq_cell(t, fnl_state_name(f->state));
        fnq_cell(t, f->person.name);
        fnq_cell(t, h->path);
        fnq_row_end(t);
        return;
    }
    json_t *o = json_object();
    fnl_photo_hex(&h->hash, hex, sizeof hex);
    fnq_set(o, "face", json_string(f->id));
    fnq_set(o, "photo", json_string(hex));
    if (fnq_set_paths(fnl_txn(ctx->lib), h->photo, o))
        fnq_set(o, "paths", json_array());
    fnq_set(o, "box", fnq_json_box(f->box));
    fnq_set(o, "score", fnq_json_real(f->rec.score / 255.0));
    fnq_set(o, "quality", fnq_json_real(f->rec.quality / 255.0));
    fnq_set(o, "state", json_string(fnl_state_name(f->state)));
    fnq_set(o, "person", fnq_person_json(&f->person));
    fnq_json_item(&ctx->out, o);
}

static void out_faces(struct find *f)
{
    static const struct fnq_column columns[] = {{"FACE", false, FNQ_DIM},
                                                {"STATE", false, 0},
                                                {"NAME", false, FNQ_BOLD},
                                                {"PATH", false, 0}};
    struct fnq_ctx *ctx = f->ctx;
    struct fnq_table t;
    fnq_table_begin(&t, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.faces/1", "faces", "fnq.face/1");
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->h[i].n_faces; k++) {
            struct fnl_fact fact;
            if (fnl_fact_get(fnl_txn(ctx->lib), f->h[i].faces[k], &fact, NULL) == 0)
                face_out(ctx, &t, &f->h[i], &fact);
        }
    fnq_json_end(&ctx->out, NULL);
    fnq_table_end(&t);
}

static void out_count(struct find *f)
{
    if (fnq_out_is_json(&f->ctx->out))
        fnq_json_one(&f->ctx->out, "fnq.count/1",
                     json_pack("{s:I}", "photos", (json_int_t)f->n));
    else
        fnq_text(&f->ctx->out, "%zu\n", f->n);
}

/* Who is in the photos that were found, by how many of them. */
struct tally {
    struct fnl_match who;
    size_t n, last; /* photos; index + 1 of the last photo counted */
};

static int by_tally(const void *a, const void *b)
{
    const struct tally *p = a, *q = b;
    return p->n != q->n ? (p->n > q->n ? -1 : 1)
                        : memcmp(p->who.id.b, q->who.id.b, sizeof p->who.id.b);
}

static struct tally *tally_of(struct tally **l, size_t *n, const struct fnl_match *who)
{
    for (size_t i = 0; i < *n; i++)
        if (fnl_person_eq(&(*l)[i].who.id, &who->id))
            return &(*l)[i];
    struct tally *more = reallocarray(*l, *n + 1, sizeof *more);
    if (!more)
        return NULL;
    *l = more;
    more[*n] = (struct tally){.who = *who};
    return &more[(*n)++];
}

static void out_people(struct find *f)
{
    static const struct fnq_column columns[] = {
        {"ID", false, FNQ_DIM}, {"NAME", false, FNQ_BOLD}, {"PHOTOS", true, 0}};
    struct fnq_ctx *ctx = f->ctx;
    struct fnq_table t;
    struct tally *l = NULL;
    size_t n = 0;
    char id[FN_PERSON_TEXT];
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->h[i].n_faces; k++) {
            struct fnl_fact fact;
            struct tally *one;
            if (fnl_fact_get(fnl_txn(ctx->lib), f->h[i].faces[k], &fact, NULL) ||
                !fact.person.is || !(one = tally_of(&l, &n, &fact.person)))
                continue;
            one->n += one->last != i + 1;
            one->last = i + 1;
        }
    if (n)
        qsort(l, n, sizeof *l, by_tally);
    fnq_table_begin(&t, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.find.people/1", "people", "fnq.find.person/1");
    for (size_t i = 0; i < n; i++) {
        fn_person_text(&l[i].who.id, id);
        json_t *o = fnq_person_json(&l[i].who);
        fnq_set(o, "photos", json_integer((json_int_t)l[i].n));
        fnq_json_item(&ctx->out, o);
        if (ctx->out.format == FNQ_TEXT)
            fnl_person_short(&l[i].who.id, id);
        fnq_cell(&t, id);
        fnq_cell(&t,
                 l[i].who.name[0] || ctx->out.format != FNQ_TEXT ? l[i].who.name : "(unnamed)");
        fnq_cellf(&t, "%zu", l[i].n);
        fnq_row_end(&t);
    }
    fnq_json_end(&ctx->out, NULL);
    fnq_table_end(&t);
    free(l);
}

static int write_sheet(struct find *f, struct fn_error *err)
{
    struct fnq_ctx *ctx = f->ctx;
    struct fnl_sheet sheet = {0};
    size_t n_faces = 0, n_unknown = 0;
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->h[i].n_faces; k++) {
            struct fnl_fact fact;
            char taken[32];
            if (fnl_fact_get(fnl_txn(ctx->lib), f->h[i].faces[k], &fact, NULL))
                continue;
            n_faces++;
            n_unknown += fact.state == FNL_UNKNOWN;
            fnl_taken_text(f->h[i].info, taken, sizeof taken);
            taken[10] = '\0';
            const char *slash = f->h[i].path ? strrchr(f->h[i].path, '/') : NULL;
            if (f->h[i].path)
                fnl_sheet_add(&sheet, f->h[i].path, fact.box,
                              fact.person.name[0] ? fact.person.name : fact.shown,
                              taken[0] ? taken
                              : slash  ? slash + 1
                                       : "");
        }
    fnq_read_end(ctx);
    int rc = fnl_sheet_write(ctx->lib, &sheet, "Found", ctx->o.sheet, NULL, err);
    fnl_sheet_finish(&sheet);
    if (!rc)
        fnq_note(ctx, "%zu photos, %zu faces (%zu unknown) → %s", f->n, n_faces, n_unknown,
                 ctx->o.sheet);
    return rc;
}

static int print(struct find *f)
{
    static const struct {
        const char *what;
        void (*print)(struct find *f);
    } outputs[] = {{"files", out_files},
                   {"faces", out_faces},
                   {"photos", out_photos},
                   {"count", out_count},
                   {"people", out_people}};
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (strcmp(outputs[i].what, f->ctx->o.output) == 0) {
            outputs[i].print(f);
            return 0;
        }
    return fnq_usage(f->ctx,
                     "find: --output is files, faces, photos, count or people, not '%s'.",
                     f->ctx->o.output);
}

/* Several words are one query. */
static int join(char **argv, int argc, struct fn_buf *out)
{
    for (int i = 0; i < argc; i++) {
        if (i)
            fn_buf_char(out, ' ');
        fn_buf_str(out, argv[i]);
    }
    return fn_buf_failed(out) ? -ENOMEM : 0;
}

int fnq_run_find(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct find f = {.ctx = ctx};
    struct fn_buf text;
    if (argc == 0)
        return fnq_usage(ctx,
                         "find: what? For example: fnq find 'anna and tom not lena date:2019'");
    fn_buf_init(&text, 1 << 20);
    int rc = join(argv, argc, &text) ? fn_error_set(&err, FN_EUSAGE, "the query is too long")
                                     : fnq_read_begin(ctx, &err);
    size_t column = 0;
    rc = rc ? rc : fnl_query(ctx->lib, fn_buf_cstr(&text), keep, &f, &column, &err);
    if (column)
        fnq_caret(fn_buf_cstr(&text), column);
    int code = rc ? fnq_fail(ctx, &err, NULL, NULL) : sort_hits(&f);
    if (!code)
        code = print(&f);
    if (!code && ctx->o.sheet && write_sheet(&f, &err))
        code = fnq_fail(ctx, &err, NULL, NULL);
    fnq_read_end(ctx);
    if (!code && f.n == 0)
        code = FNQ_NO;
    finish(&f);
    fn_buf_finish(&text);
    return code;
}
