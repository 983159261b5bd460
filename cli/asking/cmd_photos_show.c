/* SPDX-License-Identifier: MIT */
/* fnq photos show. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/asking/face_fields.h"
#include "cli/library/photo_view.h"
#include "cli/print/index_json.h"
#include "cli/program/command.h"
#include "engine/image/image.h"

static const struct fnq_field fields[] = {
    {.key = "photo", .title = "PHOTO", .style = FNQ_DIM},
    {.key = "paths", .title = "PATH"},
    {.key = "state", .title = "STATE"},
    {.key = "reason", .title = "REASON"},
    {.key = "gone_since", .title = "GONE"},
    {.key = "taken", .title = "TAKEN"},
    {.key = "taken_source", .title = "SOURCE"},
    {.key = "taken_precision", .title = "PRECISION"},
    {.key = "modified", .title = "MODIFIED"},
    {.key = "bytes", .title = "BYTES", .right = true},
    {.key = "width", .title = "WIDTH", .right = true},
    {.key = "height", .title = "HEIGHT", .right = true},
    {.key = "orientation", .title = "ORIENTATION", .right = true},
    {.key = "camera", .title = "CAMERA"},
    {.key = "faces", .title = "FACES", .fit = FNQ_LINES},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND_AS(FNQ_RECORDS, "fnq.photos/1", "photos", "fnq.photo/1", fields);

static void put_time(struct fnq_list *l, bool known, int64_t s)
{
    char text[FN_RFC3339_MAX];
    fn_rfc3339(text, s, 0);
    fnq_put_text(l, known ? text : NULL);
}

/* 0: unknown, as of a file that could not be decoded. */
static void put_known(struct fnq_list *l, uint32_t n)
{
    if (n)
        fnq_put_count(l, n);
    else
        fnq_put_text(l, NULL);
}

/* Dates come from EXIF only: never from the name or the time of a file. */
static void put_taken(struct fnq_list *l, const struct fn_photo *p)
{
    char taken[32];
    bool known = p->taken_precision != FN_TIME_NONE;
    const char *precision = p->taken_precision == FN_TIME_SECOND ? "second" : "day";
    fnl_taken_text(p, taken, sizeof taken);
    fnq_put_json(l, fnq_taken_json(p), taken);
    fnq_put_text(l, known ? "exif" : NULL);
    fnq_put_text(l, known ? precision : NULL);
}

/* "f9c2e41a Anna Berg (confirmed); ..." */
static void put_faces(struct fnq_list *l, const struct fnl_photo_view *v)
{
    char name[FN_PERSON_NAME_MAX + 32];
    json_t *faces = json_array();
    struct fn_buf cell;
    fn_buf_init(&cell, 1 << 20);
    for (size_t i = 0; i < v->n_faces; i++) {
        const struct fnl_fact *f = &v->faces[i];
        fnq_caption(f, name, sizeof name);
        fn_buf_printf(&cell, "%s%s %s", i ? "; " : "", f->shown, name);
        if (f->person.name[0])
            fn_buf_printf(&cell, " (%s)", fnl_state_name(f->state));
        if (json_array_append_new(faces, fnq_face_json(f)) < 0)
            abort();
    }
    fnq_put_json(l, faces, fn_buf_cstr(&cell));
    fn_buf_finish(&cell);
}

static void put_paths(struct fnq_list *l, struct fn_txn *t, const struct fnl_photo_view *v)
{
    char more[FN_PATH_MAX + 32];
    json_t *paths = json_object();
    const char *path = v->n_files ? v->files[0].path : NULL;
    if (fnq_set_paths(t, v->photo.id, paths))
        fnq_set(paths, "paths", json_array());
    if (v->n_files > 1 && l->out->format == FNQ_TEXT) {
        (void)snprintf(more, sizeof more, "%s (and %zu more)", path, v->n_files - 1);
        path = more;
    }
    fnq_put_members(l, paths, path);
}

static void put_photo(struct fnq_list *l, struct fn_txn *t, const struct fnl_photo_view *v)
{
    const struct fn_photo *p = &v->photo;
    char hex[FN_H128_HEX];
    fnl_photo_hex(&p->hash, hex, sizeof hex);
    fnq_put_text(l, hex);
    put_paths(l, t, v);
    fnq_put_text(l, fnl_photo_state_name(v->state));
    fnq_put_text(l, p->reason[0] ? p->reason : NULL);
    put_time(l, v->state == FNL_PHOTO_GONE, p->gone_s);
    put_taken(l, p);
    put_time(l, v->n_files, v->n_files ? v->files[0].mtime_ns / 1000000000 : 0);
    fnq_put_count(l, p->size);
    put_known(l, p->width);
    put_known(l, p->height);
    put_known(l, p->orientation);
    fnq_put_text(l, p->camera[0] ? p->camera : NULL);
    put_faces(l, v);
    fnq_list_row(l);
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_list l;
    int rc, code = FN_EXIT_OK, failed = 0;
    if (argc == 0)
        return fnq_usage(ctx, "photos show: which photo?");
    fnq_list_begin(&l, &ctx->out, &kind);
    for (int i = 0; i < argc; i++) {
        struct fnl_photo_view v;
        rc = fnq_read_begin(ctx, &err);
        rc = rc ? rc : fnl_photo_view(ctx->lib, argv[i], &v, &err);
        if (rc) {
            code = fnq_fail(ctx, &err, NULL, NULL);
            failed++;
            continue;
        }
        put_photo(&l, fnl_txn(ctx->lib), &v);
        fnl_photo_view_finish(&v);
    }
    fnq_list_end(&l, NULL);
    fnq_read_end(ctx);
    return failed && argc > 1 ? FN_EXIT_PARTLY : code;
}

FNQ_PLAIN_COMMAND(photos_show) = {
    .name = "photos show",
    .args = "FILE | PHOTO...",
    .group = FNQ_GROUP_PHOTOS,
    .summary = "show all that the index has on a photo",
    .details = "PHOTO is an id of at least four digits. A file is found by its content.",
    .examples = "fnq photos show ~/Pictures/costumes.jpg\n",
    .run = fnq_run_photos_show,
    .operands = FNQ_COMPLETE_FILES,
};
