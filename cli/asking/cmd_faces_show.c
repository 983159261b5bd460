/* SPDX-License-Identifier: MIT */
/* fnq faces show. */
#include "cli/asking/face_fields.h"
#include "cli/program/command.h"

/* For JSON; other formats print the text of show. */
static const struct fnq_field fields[] = {
    {.key = "face"},    {.key = "photo"},     {.key = "paths"}, {.key = "box"},
    {.key = "score"},   {.key = "quality"},   {.key = "state"}, {.key = "person"},
    {.key = NULL},      {.key = "sharpness"}, {.key = "yaw"},   {.key = "roll"},
    {.key = "eyes_px"}, {.key = "p"},         {.key = "d2"},    {.key = "runner_up"},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.faces/1", "faces", "fnq.face/1", fields);

static void put(struct fnq_list *l, struct fn_txn *t, const struct fnl_fact *f)
{
    fnq_put_face(l, t, f);
    fnq_put_real(l, f->rec.sharpness / 255.0, 2);
    fnq_put_json(l, json_integer(f->rec.yaw_deg), NULL);
    fnq_put_json(l, json_integer(f->rec.roll_deg), NULL);
    fnq_put_count(l, f->rec.eyes_px);
    fnq_put_certainty(l, f);
    fnq_list_row(l);
}

static void show_measures(struct fnq_out *o, struct fn_txn *t, const struct fnl_fact *f)
{
    struct fn_photo photo;
    if (fn_photo_get(t, f->rec.photo, &photo) == 0)
        fnq_text(o, "  size %.0f×%.0f px of %u×%u, eyes %u px apart\n",
                 (double)f->box[2] * photo.width, (double)f->box[3] * photo.height, photo.width,
                 photo.height, f->rec.eyes_px);
    fnq_text(o, "  score %.2f, quality %.2f, sharpness %.2f, yaw %d°, roll %d°\n",
             f->rec.score / 255.0, f->rec.quality / 255.0, f->rec.sharpness / 255.0,
             f->rec.yaw_deg, f->rec.roll_deg);
}

static void show(struct fnq_out *o, struct fn_txn *t, const struct fnl_fact *f)
{
    char path[FN_PATH_MAX], title[FN_PERSON_NAME_MAX + 32];
    bool has = fn_path_absolute(t, f->rec.photo, path, sizeof path) == 0;
    fnq_caption(f, title, sizeof title);
    fnq_style(o, FNQ_BOLD);
    fnq_text(o, "%s  ", f->id);
    fnq_text_safe(o, title);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, "   %s\n  in ", f->person.name[0] ? fnl_state_name(f->state) : "");
    fnq_text_safe(o, has ? path : "(no file left)");
    fnq_text(o, "\n");
    show_measures(o, t, f);
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

static int get(struct fn_library *lib, const char *what, struct fnl_fact *ret,
               struct fn_error *err)
{
    fn_face_id id = 0;
    int rc = fnl_face_find(lib, what, &id, err);
    rc = rc ? rc : fnl_fact_get(fnl_txn(lib), id, ret, err);
    return rc ? rc : fnl_fact_judge(fnl_txn(lib), ret, err);
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_fact f;
    struct fnq_list l;
    if (argc == 0)
        return fnq_usage(ctx, "faces show: which face?");
    int rc = fnq_read_begin(ctx, &err);
    fnq_list_begin(&l, &ctx->out, &kind);
    for (int i = 0; !rc && i < argc; i++) {
        rc = get(ctx->lib, argv[i], &f, &err);
        if (!rc && fnq_out_is_json(&ctx->out))
            put(&l, fnl_txn(ctx->lib), &f);
        else if (!rc)
            show(&ctx->out, fnl_txn(ctx->lib), &f);
    }
    fnq_list_end(&l, NULL);
    if (!rc)
        return FN_EXIT_OK;
    fn_buf_reset(&ctx->out.buf);
    return fnq_fail(ctx, &err, NULL, NULL);
}

FNQ_PLAIN_COMMAND(faces_show) = {
    .name = "faces show",
    .args = "FACE...",
    .group = FNQ_GROUP_PHOTOS,
    .summary = "show all that the index has on a face",
    .examples = "fnq faces show ~/Pictures/costumes.jpg:1\n",
    .run = fnq_run_faces_show,
    .operands = FNQ_COMPLETE_FILES,
};
