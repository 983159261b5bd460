/* SPDX-License-Identifier: MIT */
/* fnq faces list, show, crop. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/old_commands.h"
#include "cli/library/persons.h"
#include "cli/library/pictures.h"
#include "cli/print/index_json.h"

const struct fn_opt fnq_options_faces_list[] = {
    {"all", 'a', FN_OPT_FLAG, FNQ_AT(all), NULL,
     "also faces of hidden people and what is no face"},
    {"person", 0, FN_OPT_STRING, FNQ_AT(person), "PERSON", "only faces of this person"},
    {"limit", 0, FN_OPT_U64, FNQ_AT(limit), "N", "at most N faces"},
    {"sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg", "write a contact sheet of them"},
    FNQ_OPT_END,
};
const struct fn_opt fnq_options_faces_crop[] = {
    {"crop", 0, FN_OPT_STRING, FNQ_AT(crop), "DIR",
     "folder to write to (default: the current one)"},
    {"px", 0, FN_OPT_U64, FNQ_AT(px), "N", "side of the square in pixels (default 256)"},
    FNQ_OPT_END,
};

static json_t *face_json(struct fn_txn *t, const struct fnl_fact *f)
{
    char hex[FN_H128_HEX];
    json_t *o = json_object();
    fnl_photo_hex(&f->photo, hex, sizeof hex);
    fnq_set(o, "face", json_string(f->id));
    fnq_set(o, "photo", json_string(hex));
    if (fnq_set_paths(t, f->rec.photo, o))
        fnq_set(o, "paths", json_array());
    fnq_set(o, "box", fnq_json_box(f->box));
    fnq_set(o, "score", fnq_json_real(f->rec.score / 255.0));
    fnq_set(o, "quality", fnq_json_real(f->rec.quality / 255.0));
    fnq_set(o, "state", json_string(fnl_state_name(f->state)));
    fnq_set(o, "person", fnq_person_json(&f->person));
    return o;
}

struct listing {
    struct fnq_ctx *ctx;
    struct fnq_table table;
    struct fnl_sheet sheet;
    struct fn_person only;
    bool has_only;
    size_t n;
    struct fn_error err;
};

static void face_row(struct listing *l, const struct fnl_fact *f)
{
    char path[FN_PATH_MAX] = "", person[FN_PERSON_TEXT] = "";
    bool text = l->ctx->out.format == FNQ_TEXT;
    if (fn_path_absolute(fnl_txn(l->ctx->lib), f->rec.photo, path, sizeof path))
        path[0] = '\0';
    if (f->person.is) {
        fn_person_text(&f->person.id, person);
        if (text)
            fnl_person_short(&f->person.id, person);
    }
    fnq_cell(&l->table, text ? f->shown : f->id);
    fnq_cell(&l->table, fnl_state_name(f->state));
    fnq_cell(&l->table, person);
    fnq_cell(&l->table, f->person.name);
    fnq_cellf(&l->table, "%.2f", f->rec.quality / 255.0);
    fnq_cellf(&l->table, text ? "%.3f,%.3f,%.3f,%.3f" : "%.9g,%.9g,%.9g,%.9g",
              (double)f->box[0], (double)f->box[1], (double)f->box[2], (double)f->box[3]);
    fnq_cell(&l->table, path);
    fnq_row_end(&l->table);
    if (l->ctx->o.sheet) {
        const char *slash = strrchr(path, '/');
        fnl_sheet_add(&l->sheet, path, f->box, f->person.name[0] ? f->person.name : f->shown,
                      slash ? slash + 1 : path);
    }
}

static bool is_hidden(struct fn_txn *t, const struct fnl_match *m)
{
    struct fn_person_label label;
    return m->is && fn_person_label_get(t, &m->id, &label) == 0 && label.hidden;
}

static int list_face(struct listing *l, fn_face_id face)
{
    struct fnl_fact f;
    struct fn_txn *t = fnl_txn(l->ctx->lib);
    int rc = fnl_fact_get(t, face, &f, &l->err);
    if (rc)
        return rc;
    if ((f.rec.flags & FN_FACE_GONE) ||
        (l->has_only && !(f.person.is && fnl_person_eq(&f.person.id, &l->only.id))))
        return 0;
    if (!l->ctx->o.all && (f.state == FNL_REJECTED || is_hidden(t, &f.person)))
        return 0;
    if (fnq_out_is_json(&l->ctx->out))
        fnq_json_item(&l->ctx->out, face_json(t, &f));
    if (!fnq_out_is_json(&l->ctx->out) || l->ctx->o.sheet)
        face_row(l, &f);
    l->n++;
    return l->ctx->o.limit && l->n >= l->ctx->o.limit ? 1 : 0;
}

static int visit_rec(const struct fn_face_rec *f, void *arg)
{
    return list_face(arg, f->id);
}

static int visit_id(fn_face_id id, void *arg)
{
    return list_face(arg, id);
}

int fnq_run_faces_list(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct fnq_column columns[] = {
        {"FACE", false, FNQ_DIM},  {"STATE", false, 0},  {"PERSON", false, FNQ_DIM},
        {"NAME", false, FNQ_BOLD}, {"QUALITY", true, 0}, {"BOX", false, FNQ_DIM},
        {"PATH", false, 0}};
    struct listing l = {.ctx = ctx};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "faces list takes no operands; --person P for one person.");
    int rc = fnq_read_begin(ctx, &l.err);
    if (!rc && ctx->o.person) {
        rc = fnl_person_find(fnl_txn(ctx->lib), ctx->o.person, &l.only, &l.err);
        l.has_only = true;
    }
    if (rc)
        return fnq_fail(ctx, &l.err, NULL, NULL);
    fnq_table_begin(&l.table, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.faces/1", "faces", "fnq.face/1");
    rc = l.has_only ? fn_person_each_face(fnl_txn(ctx->lib), &l.only.id, visit_id, &l)
                    : fn_face_each(fnl_txn(ctx->lib), visit_rec, &l);
    rc = rc == 1 || rc == FN_ENOTFOUND ? 0 : rc;
    json_t *more = json_object();
    fnq_set(more, "shown", json_integer((json_int_t)l.n));
    fnq_json_end(&ctx->out, more);
    fnq_table_end(&l.table);
    fnq_read_end(ctx);
    if (!rc && ctx->o.sheet)
        rc = fnl_sheet_write(ctx->lib, &l.sheet, "Faces", ctx->o.sheet, NULL, &l.err);
    fnl_sheet_finish(&l.sheet);
    return rc ? fnq_fail(ctx, l.err.code ? &l.err : &(struct fn_error){.code = rc}, "faces",
                         NULL)
              : FNQ_OK;
}

static void show_text(struct fnq_ctx *ctx, const struct fnl_fact *f)
{
    struct fn_photo photo;
    struct fnq_out *o = &ctx->out;
    char path[FN_PATH_MAX], title[FN_PERSON_NAME_MAX + 32];
    bool has = fn_path_absolute(fnl_txn(ctx->lib), f->rec.photo, path, sizeof path) == 0;
    if (f->person.is)
        fnl_person_title(&f->person.id, f->person.name, title, sizeof title);
    else
        (void)snprintf(title, sizeof title,
                       f->state == FNL_REJECTED ? "not a face" : "unknown");
    fnq_style(o, FNQ_BOLD);
    fnq_text(o, "%s  ", f->id);
    fnq_text_safe(o, title);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, "   %s\n  in ", fnl_state_name(f->state));
    fnq_text_safe(o, has ? path : "(no file left)");
    fnq_text(o, "\n");
    if (fn_photo_get(fnl_txn(ctx->lib), f->rec.photo, &photo) == 0)
        fnq_text(o, "  size %.0f×%.0f px of %u×%u, eyes %u px apart\n",
                 (double)f->box[2] * photo.width, (double)f->box[3] * photo.height, photo.width,
                 photo.height, f->rec.eyes_px);
    fnq_text(o, "  score %.2f, quality %.2f, sharpness %.2f, yaw %d°, roll %d°\n",
             f->rec.score / 255.0, f->rec.quality / 255.0, f->rec.sharpness / 255.0,
             f->rec.yaw_deg, f->rec.roll_deg);
    if (f->person.has_d)
        fnq_text(o, "  nearest of the person d² %.2f (%.0f %%)\n", f->person.d2,
                 100 * f->person.p);
    if (f->other.has_d) {
        fnl_person_title(&f->other.id, f->other.name, title, sizeof title);
        fnq_text(o, "  nearest other ");
        fnq_text_safe(o, title);
        fnq_text(o, " d² %.2f (%.0f %%)\n", f->other.d2, 100 * f->other.p);
    }
}

static json_t *show_json(struct fnq_ctx *ctx, const struct fnl_fact *f)
{
    json_t *o = face_json(fnl_txn(ctx->lib), f);
    fnq_set(o, "sharpness", fnq_json_real(f->rec.sharpness / 255.0));
    fnq_set(o, "yaw", json_integer(f->rec.yaw_deg));
    fnq_set(o, "roll", json_integer(f->rec.roll_deg));
    fnq_set(o, "eyes_px", json_integer(f->rec.eyes_px));
    fnq_set(o, "p", f->person.has_d ? fnq_json_real(f->person.p) : json_null());
    fnq_set(o, "d2", f->person.has_d ? fnq_json_real(f->person.d2) : json_null());
    fnq_set(o, "runner_up", fnq_runner_up_json(&f->other));
    return o;
}

int fnq_run_faces_show(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_fact f;
    fn_face_id id = 0;
    if (argc == 0)
        return fnq_usage(ctx, "faces show: which face?");
    int rc = fnq_read_begin(ctx, &err);
    fnq_json_begin(&ctx->out, "fnq.faces/1", "faces", "fnq.face/1");
    for (int i = 0; !rc && i < argc; i++) {
        rc = fnl_face_find(ctx->lib, argv[i], &id, &err);
        rc = rc ? rc : fnl_fact_get(fnl_txn(ctx->lib), id, &f, &err);
        rc = rc ? rc : fnl_fact_judge(fnl_txn(ctx->lib), &f, &err);
        if (!rc && fnq_out_is_json(&ctx->out))
            fnq_json_item(&ctx->out, show_json(ctx, &f));
        else if (!rc)
            show_text(ctx, &f);
    }
    if (!rc)
        fnq_json_end(&ctx->out, NULL);
    else
        fn_buf_reset(&ctx->out.buf);
    return rc ? fnq_fail(ctx, &err, NULL, NULL) : FNQ_OK;
}

static int crop_one(struct fnq_ctx *ctx, const char *what, char *out, size_t size,
                    struct fn_error *err)
{
    struct fnl_fact f;
    struct fn_image image = {0};
    char path[FN_PATH_MAX], name[FN_FACE_HEX + 8];
    fn_face_id id = 0;
    int rc = fnq_read_begin(ctx, err);
    rc = rc ? rc : fnl_face_find(ctx->lib, what, &id, err);
    rc = rc ? rc : fnl_fact_get(fnl_txn(ctx->lib), id, &f, err);
    if (!rc && (rc = fn_path_absolute(fnl_txn(ctx->lib), f.rec.photo, path, sizeof path)))
        (void)fn_error_set(err, rc, "face %s: its photo has no file left", f.id);
    fnq_read_end(ctx);
    if (rc)
        return rc;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    (void)snprintf(name, sizeof name, "%s.jpg", f.id);
    float box[1][4];
    memcpy(box[0], f.box, sizeof box[0]);
    rc = fnl_crops(ctx->lib, fd, (const float(*)[4])box, 1,
                   ctx->o.px ? (uint32_t)ctx->o.px : 256, .25f, &image, err);
    (void)close(fd);
    if (!rc && (rc = fn_path_join(out, size, ctx->o.crop ? ctx->o.crop : ".", name)))
        (void)fn_error_set(err, rc, "%s: %s", name, fn_strerror(rc));
    rc = rc ? rc : fnl_save_jpeg(out, &image, err);
    fn_image_destroy(&image);
    return rc;
}

int fnq_run_faces_crop(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct fnq_column columns[] = {{"FILE", false, 0}};
    struct fn_error err = {0};
    struct fnq_table t;
    char file[FN_PATH_MAX];
    int code = FNQ_OK, failed = 0;
    if (argc == 0)
        return fnq_usage(ctx, "faces crop: which face?");
    fnq_table_begin(&t, &ctx->out, columns, 1);
    fnq_json_begin(&ctx->out, "fnq.crops/1", "files", "fnq.crop/1");
    for (int i = 0; i < argc; i++) {
        if (crop_one(ctx, argv[i], file, sizeof file, &err)) {
            code = fnq_fail(ctx, &err, NULL, NULL);
            failed++;
            continue;
        }
        json_t *o = json_object();
        fnq_set_path(o, file);
        fnq_json_item(&ctx->out, o);
        fnq_cell(&t, file);
        fnq_row_end(&t);
    }
    fnq_json_end(&ctx->out, NULL);
    fnq_table_end(&t);
    return failed && argc > 1 ? FNQ_PARTLY : code;
}
