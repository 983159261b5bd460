/* SPDX-License-Identifier: MIT */
#include "cli/asking/person_sheet.h"
#include "engine/base/plural.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A face on the sheet; best quality first. */
struct shown_face {
    fn_face_id id;
    uint8_t quality;
};

static int by_quality(const void *a, const void *b)
{
    const struct shown_face *f = a, *g = b;
    return f->quality != g->quality ? (f->quality > g->quality ? -1 : 1)
                                    : (f->id > g->id) - (f->id < g->id);
}

static void add_face(struct fn_txn *t, struct fnl_sheet *s, fn_face_id id)
{
    char path[FN_PATH_MAX], date[32];
    struct fnl_fact fact;
    struct fn_photo photo;
    if (fnl_fact_get(t, id, &fact, NULL) || fn_photo_get(t, fact.rec.photo, &photo) ||
        fn_path_absolute(t, fact.rec.photo, path, sizeof path))
        return;
    fnl_taken_text(&photo, date, sizeof date);
    date[10] = '\0';
    fnl_sheet_add(s, path, fact.box, fnq_file_name(path), NULL, date[0] ? date : fact.shown);
}

static void sheet_faces(struct fn_txn *t, struct fnl_sheet *s, const struct fn_person *p,
                        size_t cells)
{
    struct fnl_ids ids = {0};
    if (fnl_person_faces(t, &p->id, &ids, NULL))
        ids.n = 0;
    struct shown_face *f = calloc(ids.n + 1, sizeof *f);
    for (size_t i = 0; f && i < ids.n; i++) {
        struct fn_face_rec rec;
        f[i].id = ids.id[i];
        f[i].quality = fn_face_get(t, ids.id[i], &rec) ? 0 : rec.quality;
    }
    /* The last cell says how many are left out. */
    size_t shown = ids.n <= cells ? ids.n : cells > 1 ? cells - 1 : 1;
    if (f)
        qsort(f, ids.n, sizeof *f, by_quality);
    for (size_t i = 0; f && i < shown; i++)
        add_face(t, s, f[i].id);
    fnl_sheet_more(s, f ? ids.n - shown : 0);
    s->failed |= !f;
    free(f);
    fnl_ids_finish(&ids);
}

void fnq_sheet_person(struct fn_txn *t, struct fnl_sheet *s, const struct fn_person *p,
                      size_t cells)
{
    char id[FN_PERSON_TEXT], unnamed[FN_PERSON_TEXT + 16], note[96];
    fnl_person_short(&p->id, id);
    (void)snprintf(unnamed, sizeof unnamed, "unnamed %s", id);
    (void)snprintf(note, sizeof note, "%u face%s in %u photo%s", p->n_faces,
                   fn_plural_s(p->n_faces), p->n_photos, fn_plural_s(p->n_photos));
    fnl_sheet_heading(s, p->name[0] ? p->name : unnamed, id, note);
    sheet_faces(t, s, p, cells);
}

int fnq_write_sheet(struct fnq_ctx *ctx, struct fnl_sheet *s, const char *title,
                    const char *path)
{
    struct fn_error err;
    fnq_read_end(ctx);
    int rc = fnq_sheet_save(ctx, s, title, path, &err);
    return rc ? fnq_fail(ctx, &err, NULL, NULL) : FN_EXIT_OK;
}
