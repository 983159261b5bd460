/* SPDX-License-Identifier: MIT */
/* fnq who: who is in these files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/old_commands.h"
#include "cli/library/look.h"
#include "cli/print/index_json.h"
#include "cli/program/operands.h"

const struct fn_opt fnq_options_who[] = {
    {"min-p", 0, FN_OPT_DOUBLE, FNQ_AT(min_p), "P",
     "people less probable than this are unknown (0..1)"},
    {"top", 0, FN_OPT_U64, FNQ_AT(top), "K", "also list the K nearest people of each face"},
    {"crop", 0, FN_OPT_STRING, FNQ_AT(crop), "DIR", "write each face to DIR/FACE.jpg"},
    {"draw", 0, FN_OPT_STRING, FNQ_AT(draw), "OUT.jpg",
     "write the picture with boxes and names (a folder for several)"},
    {"px", 0, FN_OPT_U64, FNQ_AT(px), "N",
     "longer side of what --draw writes, side of what --crop writes"},
    {"sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg", "write a contact sheet of the faces"},
    FNQ_OPT_END,
};

struct state {
    struct fnq_table table;
    struct fnl_sheet sheet;
    json_t *errors;
    size_t n_files, n_failed, n_known;
    bool several;
    int exit_code;
    struct fn_error err;
};

/* --min-p, and what the caption of a face is. */
static void apply_min_p(const struct fnq_ctx *ctx, struct fnl_fact *f)
{
    if (f->person.is && f->person.has_d && f->person.p < ctx->o.min_p &&
        f->state != FNL_CONFIRMED) {
        f->other = f->person;
        f->person = (struct fnl_match){0};
        f->state = FNL_UNKNOWN;
    }
}

static void caption(const struct fnl_fact *f, char *out, size_t size)
{
    if (f->person.is)
        fnl_person_title(&f->person.id, f->person.name, out, size);
    else
        (void)snprintf(out, size, f->state == FNL_REJECTED ? "not a face" : "unknown");
}

static json_t *face_json(const struct fnl_look_face *f)
{
    json_t *o = json_object();
    fnq_set(o, "face", json_string(f->fact.id));
    fnq_set(o, "box", fnq_json_box(f->fact.box));
    fnq_set(o, "score", fnq_json_real(f->fact.rec.score / 255.0));
    fnq_set(o, "quality", fnq_json_real(f->fact.rec.quality / 255.0));
    fnq_set(o, "state", json_string(fnl_state_name(f->fact.state)));
    fnq_set(o, "person", fnq_person_json(&f->fact.person));
    fnq_set(o, "p", f->fact.person.has_d ? fnq_json_real(f->fact.person.p) : json_null());
    fnq_set(o, "d2", f->fact.person.has_d ? fnq_json_real(f->fact.person.d2) : json_null());
    fnq_set(o, "runner_up", fnq_runner_up_json(&f->fact.other));
    if (f->n_candidates) {
        json_t *a = json_array();
        for (size_t i = 0; i < f->n_candidates; i++)
            if (json_array_append_new(a, fnq_runner_up_json(&f->candidates[i])) < 0)
                abort();
        fnq_set(o, "candidates", a);
    }
    return o;
}

static json_t *file_json(const struct fnl_look *l)
{
    char hex[FN_H128_HEX];
    json_t *o = json_object(), *faces = json_array();
    fnq_set_path(o, l->path);
    for (size_t i = 0; i < l->n; i++)
        if (json_array_append_new(faces, face_json(&l->faces[i])) < 0)
            abort();
    if (!l->code) {
        fnl_photo_hex(&l->hash, hex, sizeof hex);
        fnq_set(o, "photo", json_string(hex));
        fnq_set(o, "indexed", json_boolean(l->indexed));
        fnq_set(o, "taken", fnq_taken_json(&l->photo));
        fnq_set(o, "width", json_integer(l->photo.width));
        fnq_set(o, "height", json_integer(l->photo.height));
        fnq_set(o, "rotated", json_integer(l->photo.rotated));
    }
    fnq_set(o, "faces", faces);
    if (l->code)
        fnq_set(o, "error", fnq_error_json(&l->err));
    return o;
}

static void face_text(struct fnq_out *o, const struct fnl_look *l,
                      const struct fnl_look_face *f, size_t number, int width)
{
    char name[FN_PERSON_NAME_MAX + 32];
    struct fn_buf b;
    caption(&f->fact, name, sizeof name);
    fn_buf_init(&b, 4096);
    fnq_text(o, "  %zu  ", number);
    fnq_style(o, f->fact.person.name[0] ? FNQ_BOLD : FNQ_DIM);
    size_t before = o->buf.len;
    fnq_text_safe(o, name);
    int pad = width - (int)(o->buf.len - before);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, "%*s  ", pad > 0 ? pad : 0, "");
    if (f->fact.person.is && f->fact.person.has_d) {
        fnq_text(o, "%3.0f %%   d² %.2f   ", 100 * f->fact.person.p, f->fact.person.d2);
    } else if (f->fact.other.is && f->fact.other.has_d) {
        fnl_person_title(&f->fact.other.id, f->fact.other.name, name, sizeof name);
        fnq_text(o, "  –     nearest ");
        fnq_text_safe(o, name);
        fnq_text(o, " %.0f %%, d² %.2f   ", 100 * f->fact.other.p, f->fact.other.d2);
    } else {
        fnq_text(o, "  –     ");
    }
    fnq_text(o, "%-6s  %4.0f×%-4.0f px   %s%s\n", fnl_side(f->fact.box),
             (double)f->fact.box[2] * l->photo.width, (double)f->fact.box[3] * l->photo.height,
             fnl_state_name(f->fact.state), f->fact.rec.sharpness < 64 ? ", blurred" : "");
    for (size_t i = 0; i < f->n_candidates; i++) {
        fnl_person_title(&f->candidates[i].id, f->candidates[i].name, name, sizeof name);
        fnq_text(o, "       %3.0f %%   d² %.2f   ", 100 * f->candidates[i].p,
                 f->candidates[i].d2);
        fnq_text_safe(o, name);
        fnq_text(o, "\n");
    }
    fn_buf_finish(&b);
}

static void file_text(struct fnq_out *o, const struct fnl_look *l)
{
    char taken[32], name[FN_PERSON_NAME_MAX + 32];
    int width = 8;
    fnl_taken_text(&l->photo, taken, sizeof taken);
    fnq_text_safe(o, l->path);
    fnq_text(o, "   %s%s%zu face%s%s\n", taken, taken[0] ? "   " : "", l->n,
             l->n == 1 ? "" : "s", l->indexed ? "" : "   (not in the index)");
    for (size_t i = 0; i < l->n; i++) {
        caption(&l->faces[i].fact, name, sizeof name);
        int w = (int)strlen(name);
        width = w > width ? w : width;
    }
    for (size_t i = 0; i < l->n; i++)
        face_text(o, l, &l->faces[i], i + 1, width);
}

static void file_rows(struct fnq_table *t, const struct fnl_look *l)
{
    char name[FN_PERSON_NAME_MAX + 32];
    for (size_t i = 0; i < l->n; i++) {
        const struct fnl_fact *f = &l->faces[i].fact;
        caption(f, name, sizeof name);
        fnq_cell(t, l->path);
        fnq_cell(t, f->id);
        fnq_cell(t, name);
        if (f->person.has_d) {
            fnq_cellf(t, "%.9g", f->person.p);
            fnq_cellf(t, "%.9g", f->person.d2);
        } else {
            fnq_cell(t, "");
            fnq_cell(t, "");
        }
        fnq_cellf(t, "%.9g,%.9g,%.9g,%.9g", (double)f->box[0], (double)f->box[1],
                  (double)f->box[2], (double)f->box[3]);
        fnq_row_end(t);
    }
}

static int write_crops(struct fnq_ctx *ctx, const struct fnl_look *l, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    float(*boxes)[4] = calloc(l->n + 1, sizeof *boxes);
    struct fn_image *images = calloc(l->n + 1, sizeof *images);
    int rc = boxes && images ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < l->n; i++)
        memcpy(boxes[i], l->faces[i].fact.box, sizeof boxes[i]);
    bool cut = false;
    if (!rc) {
        rc = fnl_crops(ctx->lib, l->fd, (const float(*)[4])boxes, l->n,
                       ctx->o.px ? (uint32_t)ctx->o.px : 256, .25f, images, err);
        cut = !rc;
    }
    for (size_t i = 0; cut && i < l->n; i++) {
        char file[FN_FACE_HEX + 8];
        (void)snprintf(file, sizeof file, "%s.jpg", l->faces[i].fact.id);
        if (!rc && (rc = fn_path_join(path, sizeof path, ctx->o.crop, file)))
            (void)fn_error_set(err, rc, "%s: %s", ctx->o.crop, fn_strerror(rc));
        rc = rc ? rc : fnl_save_jpeg(path, &images[i], err);
        fn_image_destroy(&images[i]);
    }
    free(boxes);
    free(images);
    return rc;
}

static int draw_path(const struct fnq_ctx *ctx, const struct state *s, const struct fnl_look *l,
                     char *out, size_t size, struct fn_error *err)
{
    struct stat st;
    bool folder = stat(ctx->o.draw, &st) == 0 && S_ISDIR(st.st_mode);
    const char *slash = strrchr(l->path, '/');
    if (!folder && s->several)
        return fn_error_set(err, FN_EUSAGE, "--draw: '%s' must be a folder for several files",
                            ctx->o.draw);
    int rc = folder ? fn_path_join(out, size, ctx->o.draw, slash ? slash + 1 : l->path)
                    : fn_path_expand(out, size, ctx->o.draw);
    return rc ? fn_error_set(err, rc, "%s: %s", ctx->o.draw, fn_strerror(rc)) : 0;
}

static int write_drawing(struct fnq_ctx *ctx, const struct state *s, const struct fnl_look *l,
                         struct fn_error *err)
{
    char path[FN_PATH_MAX];
    float(*boxes)[4] = calloc(l->n + 1, sizeof *boxes);
    char(*labels)[FN_WORK_LABEL_MAX] = calloc(l->n + 1, sizeof *labels);
    int rc = boxes && labels ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc : draw_path(ctx, s, l, path, sizeof path, err);
    for (size_t i = 0; !rc && i < l->n; i++) {
        char name[FN_PERSON_NAME_MAX + 32];
        memcpy(boxes[i], l->faces[i].fact.box, sizeof boxes[i]);
        const struct fnl_fact *f = &l->faces[i].fact;
        caption(f, name, sizeof name);
        if (f->person.is && !f->person.name[0])
            fnl_person_short(&f->person.id, name);
        (void)snprintf(labels[i], sizeof labels[i], "%.90s", name);
    }
    rc = rc ? rc
            : fnl_draw(ctx->lib, l->fd, (const float(*)[4])boxes,
                       (const char(*)[FN_WORK_LABEL_MAX])labels, l->n, (uint32_t)ctx->o.px,
                       path, err);
    free(boxes);
    free(labels);
    return rc;
}

static void add_to_sheet(struct state *s, const struct fnl_look *l)
{
    char name[FN_PERSON_NAME_MAX + 32], second[96], taken[32];
    const char *slash = strrchr(l->path, '/');
    fnl_taken_text(&l->photo, taken, sizeof taken);
    for (size_t i = 0; i < l->n; i++) {
        const struct fnl_fact *f = &l->faces[i].fact;
        caption(f, name, sizeof name);
        if (f->person.has_d)
            (void)snprintf(second, sizeof second, "%.0f %%  %.60s", 100 * f->person.p,
                           slash ? slash + 1 : l->path);
        else
            (void)snprintf(second, sizeof second, "%.80s", slash ? slash + 1 : l->path);
        fnl_sheet_add(&s->sheet, l->path, f->box, name, second);
    }
}

static int pictures(struct fnq_ctx *ctx, struct state *s, const struct fnl_look *l,
                    struct fn_error *err)
{
    int rc = 0;
    if (ctx->o.crop && l->n)
        rc = write_crops(ctx, l, err);
    if (!rc && ctx->o.draw)
        rc = write_drawing(ctx, s, l, err);
    if (ctx->o.sheet)
        add_to_sheet(s, l);
    return rc;
}

static int one_file(struct fnq_ctx *ctx, const char *path, void *arg)
{
    struct state *s = arg;
    struct fnl_look l;
    int rc = fnl_look(ctx->lib, path, (size_t)ctx->o.top, &l, &s->err);
    s->n_files++;
    for (size_t i = 0; !rc && i < l.n; i++) {
        apply_min_p(ctx, &l.faces[i].fact);
        s->n_known += l.faces[i].fact.person.is;
    }
    if (!rc && !l.code)
        rc = pictures(ctx, s, &l, &s->err);
    if (!rc && l.code) {
        s->n_failed++;
        s->exit_code = fnq_fail(ctx, &l.err, path, NULL);
        json_t *e = fnq_error_json(&l.err);
        fnq_set_path(e, path);
        if (json_array_append_new(s->errors, e) < 0)
            abort();
    }
    if (!rc) {
        if (fnq_out_is_json(&ctx->out))
            fnq_json_item(&ctx->out, file_json(&l));
        else if (l.code == 0 && ctx->out.format == FNQ_TEXT)
            file_text(&ctx->out, &l);
        else if (l.code == 0)
            file_rows(&s->table, &l);
        fnq_out_flush(&ctx->out);
    }
    fnl_look_finish(&l);
    return rc;
}

static const char *model_name(struct fnq_ctx *ctx, char *out, size_t size)
{
    struct fn_index_model m;
    char hex[FN_H128_HEX];
    out[0] = '\0';
    if (fnq_read_begin(ctx, NULL) == 0 &&
        fn_index_model_get(fnl_txn(ctx->lib), &m, NULL) == 0) {
        fn_h128_hex(&m.profile_id, hex);
        (void)snprintf(out, size, "fn-%.8s", hex);
    }
    fnq_read_end(ctx);
    return out;
}

static int finish(struct fnq_ctx *ctx, struct state *s)
{
    size_t lost = 0;
    char model[32];
    json_t *more = json_object();
    fnq_set(more, "model", fnq_json_text_or_null(model_name(ctx, model, sizeof model)));
    fnq_set(more, "errors", json_incref(s->errors));
    fnq_json_end(&ctx->out, more);
    if (ctx->o.sheet && s->sheet.n) {
        if (fnl_sheet_write(ctx->lib, &s->sheet, "fnq who", ctx->o.sheet, &lost, &s->err))
            return fnq_fail(ctx, &s->err, NULL, NULL);
    }
    if (s->n_failed)
        return s->n_files > 1 ? FNQ_PARTLY : s->exit_code;
    return s->n_known ? FNQ_OK : FNQ_NO;
}

int fnq_run_who(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct fnq_column columns[] = {{"PATH", false, 0}, {"FACE", false, 0},
                                                {"NAME", false, 0}, {"P", true, 0},
                                                {"D2", true, 0},    {"BOX", false, 0}};
    struct state s = {.errors = json_array(),
                      .several = argc > 1 || (argc && strcmp(argv[0], "-") == 0)};
    if (argc == 0 || ctx->o.top > FNL_CANDIDATES_MAX || ctx->o.min_p < 0 || ctx->o.min_p > 1) {
        json_decref(s.errors);
        return fnq_usage(ctx, argc == 0 ? "who: which files?"
                                        : "who: --min-p is 0..1, --top at most 32.");
    }
    fnq_table_begin(&s.table, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.who/1", "files", "fnq.who.file/1");
    int code = fnq_each_file(ctx, argc, argv, one_file, &s) ? fnq_fail(ctx, &s.err, NULL, NULL)
                                                            : finish(ctx, &s);
    fnq_table_end(&s.table);
    fnl_sheet_finish(&s.sheet);
    json_decref(s.errors);
    return code;
}
