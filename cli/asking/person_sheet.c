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

static void sheet_faces(struct fn_txn *t, struct fnl_sheet *s, const struct fn_person *p,
                        size_t most)
{
    struct fnl_ids ids = {0};
    char path[FN_PATH_MAX], date[32];
    if (fnl_person_faces(t, &p->id, &ids, NULL))
        ids.n = 0;
    struct shown_face *f = calloc(ids.n + 1, sizeof *f);
    for (size_t i = 0; f && i < ids.n; i++) {
        struct fn_face_rec rec;
        f[i].id = ids.id[i];
        f[i].quality = fn_face_get(t, ids.id[i], &rec) ? 0 : rec.quality;
    }
    if (f)
        qsort(f, ids.n, sizeof *f, by_quality);
    for (size_t i = 0; f && i < ids.n && i < most; i++) {
        struct fnl_fact fact;
        struct fn_photo photo;
        if (fnl_fact_get(t, f[i].id, &fact, NULL) || fn_photo_get(t, fact.rec.photo, &photo) ||
            fn_path_absolute(t, fact.rec.photo, path, sizeof path))
            continue;
        const char *slash = strrchr(path, '/');
        fnl_taken_text(&photo, date, sizeof date);
        date[10] = '\0';
        fnl_sheet_add(s, path, fact.box, slash ? slash + 1 : path, date[0] ? date : fact.shown);
    }
    free(f);
    fnl_ids_finish(&ids);
}

void fnq_sheet_person(struct fn_txn *t, struct fnl_sheet *s, const struct fn_person *p,
                      size_t most)
{
    char title[FN_PERSON_NAME_MAX + 32], line[96];
    fnl_person_title(&p->id, p->name, title, sizeof title);
    int n = snprintf(line, sizeof line, "%.50s  %u photo%s", title, p->n_photos,
                     fn_plural_s(p->n_photos));
    if (p->n_faces != p->n_photos)
        (void)snprintf(line + n, sizeof line - (size_t)n, ", %u faces", p->n_faces);
    fnl_sheet_heading(s, line);
    sheet_faces(t, s, p, most);
}

int fnq_write_sheet(struct fnq_ctx *ctx, struct fnl_sheet *s, const char *title,
                    const char *path)
{
    struct fn_error err;
    size_t lost = 0;
    fnq_read_end(ctx);
    int rc = fnl_sheet_write(ctx->lib, s, title, path, &lost, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_note(ctx, lost ? "%s: written; %zu faces could not be read" : "%s: written", path,
             lost);
    return FN_EXIT_OK;
}
