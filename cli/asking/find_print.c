/* SPDX-License-Identifier: MIT */
#include "cli/asking/find_print.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/asking/face_fields.h"
#include "cli/print/index_json.h"
#include "engine/base/plural.h"

/* The number of photos in total, and the number shown under --limit. */
static json_t *photo_counts(const struct fnl_finds *f)
{
    return json_pack("{s:I,s:I}", "photos_total", (json_int_t)f->total, "photos_shown",
                     (json_int_t)f->n);
}

void fnq_find_summary(struct fnq_out *out, const char *what, const struct fnl_finds *f)
{
    if (f->total > f->n)
        fnq_text(out, "…     (%zu more)\n", f->total - f->n);
    fnq_style(out, FNQ_DIM);
    fnq_text(out, "%s%zu", what, f->n);
    if (f->total > f->n)
        fnq_text(out, " of %zu", f->total);
    fnq_text(out, " photo%s", fn_plural_s(f->total));
    fnq_style(out, FNQ_PLAIN);
    fnq_text(out, "\n");
}

/* ---- photos ---- */

/* On a terminal, too: one path per line, as in a pipe. */
static const struct fnq_field file_fields[] = {
    {.key = "photo"},  {.key = "path", .title = "PATH", .fit = FNQ_MIDDLE},
    {.key = "taken"},  {.key = "width"},
    {.key = "height"}, {.key = "n_faces"},
    {.key = "faces"},
};
static const struct fnq_list_kind file_kind =
    FNQ_LIST_KIND_AS(FNQ_BARE, "fnq.find/1", "photos", "fnq.find.photo/1", file_fields);

static const struct fnq_field photo_fields[] = {
    {.key = "photo", .title = "PHOTO", .style = FNQ_DIM, .place = 1},
    {.key = "path", .title = "PATH", .place = 5, .fit = FNQ_MIDDLE},
    {.key = "taken", .title = "TAKEN", .place = 2, .drop = 1},
    {.key = "width"},
    {.key = "height", .title = "SIZE", .right = true, .place = 4, .drop = 3},
    {.key = "n_faces", .title = "FACES", .right = true, .place = 3, .drop = 2},
    {.key = "faces"},
};
static const struct fnq_list_kind photo_kind =
    FNQ_LIST_KIND("fnq.find/1", "photos", "fnq.find.photo/1", photo_fields);

static json_t *faces_json(struct fn_txn *t, const struct fnl_found *h)
{
    json_t *faces = json_array();
    for (size_t i = 0; i < h->n_faces; i++) {
        struct fnl_fact f;
        if (fnl_fact_get(t, h->faces[i], &f, NULL))
            continue;
        if (json_array_append_new(faces, fnq_face_json(&f)) < 0)
            abort();
    }
    return faces;
}

static void put_photo(struct fnq_list *l, struct fn_txn *t, const struct fnl_found *h)
{
    const struct fn_photo *p = h->photo;
    char hex[FN_H128_HEX], shown[FNL_PHOTO_SHORT + 1], taken[32], size[32];
    fnl_photo_hex(&p->hash, hex, sizeof hex);
    fnl_photo_hex(&p->hash, shown, sizeof shown);
    fnl_taken_text(p, taken, sizeof taken);
    (void)snprintf(size, sizeof size, "%ux%u", p->width, p->height);
    fnq_put_shown(l, hex, shown);
    fnq_put_path(l, h->path);
    fnq_put_json(l, fnq_taken_json(p), taken);
    fnq_put_count(l, p->width);
    fnq_put_json(l, json_integer(p->height), size);
    fnq_put_count(l, p->n_faces);
    fnq_put_json(l, fnq_out_is_json(l->out) ? faces_json(t, h) : NULL, NULL);
    fnq_list_row(l);
}

static int print_photos(struct fnq_out *out, struct fn_txn *t, const struct fnl_finds *f,
                        const struct fnq_list_kind *kind)
{
    struct fnq_list l;
    bool need_path = kind == &file_kind && !fnq_out_is_json(out);
    fnq_list_begin(&l, out, kind);
    for (size_t i = 0; i < f->n; i++)
        if (f->found[i].path || !need_path)
            put_photo(&l, t, &f->found[i]);
    fnq_list_end(
        &l, json_pack("{s:I,s:I}", "total", (json_int_t)f->total, "shown", (json_int_t)f->n));
    return 0;
}

int fnq_find_files(struct fnq_out *out, struct fn_txn *t, const struct fnl_finds *f,
                   struct fn_error *err)
{
    (void)err;
    return print_photos(out, t, f, &file_kind);
}

int fnq_find_photos(struct fnq_out *out, struct fn_txn *t, const struct fnl_finds *f,
                    struct fn_error *err)
{
    (void)err;
    return print_photos(out, t, f, &photo_kind);
}

/* ---- faces ---- */

static const struct fnq_field face_fields[] = {
    {.key = "face", .title = "FACE", .style = FNQ_DIM, .place = 1},
    {.key = "photo"},
    {.key = "paths", .title = "PATH", .place = 4, .fit = FNQ_MIDDLE},
    {.key = "box"},
    {.key = "score"},
    {.key = "quality"},
    {.key = "state", .title = "STATE", .place = 2, .drop = 1},
    {.key = "person"},
    {.title = "NAME", .style = FNQ_BOLD, .place = 3, .fit = FNQ_MIDDLE},
};
static const struct fnq_list_kind face_kind =
    FNQ_LIST_KIND("fnq.faces/1", "faces", "fnq.face/1", face_fields);

int fnq_find_faces(struct fnq_out *out, struct fn_txn *t, const struct fnl_finds *f,
                   struct fn_error *err)
{
    struct fnq_list l;
    size_t n = 0;
    (void)err;
    fnq_list_begin(&l, out, &face_kind);
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->found[i].n_faces; k++) {
            struct fnl_fact fact;
            if (fnl_fact_get(t, f->found[i].faces[k], &fact, NULL))
                continue;
            fnq_put_face(&l, t, &fact);
            fnq_list_row(&l);
            n++;
        }
    json_t *more = photo_counts(f);
    fnq_set(more, "shown", json_integer((json_int_t)n));
    fnq_list_end(&l, more);
    return 0;
}

/* ---- people ---- */

static const struct fnq_field person_fields[] = {
    {.key = "id", .title = "ID", .style = FNQ_DIM},
    {.key = "name", .title = "NAME", .style = FNQ_BOLD, .fit = FNQ_MIDDLE},
    {.key = "photos", .title = "PHOTOS", .right = true},
};
static const struct fnq_list_kind person_kind =
    FNQ_LIST_KIND("fnq.find.people/1", "people", "fnq.find.person/1", person_fields);

int fnq_find_people(struct fnq_out *out, struct fn_txn *t, const struct fnl_finds *f,
                    struct fn_error *err)
{
    struct fnq_list l;
    struct fnl_person_count *p = NULL;
    size_t n = 0;
    char id[FN_PERSON_TEXT], shown[FN_PERSON_TEXT];
    int rc = fnl_find_people(t, f, &p, &n, err);
    if (rc)
        return rc;
    fnq_list_begin(&l, out, &person_kind);
    for (size_t i = 0; i < n; i++) {
        const char *name = p[i].who.name;
        fn_person_text(&p[i].who.id, id);
        fnl_person_short(&p[i].who.id, shown);
        fnq_put_shown(&l, id, shown);
        fnq_put_shown(&l, name[0] ? name : NULL, name[0] ? name : "(unnamed)");
        fnq_put_count(&l, p[i].n);
        fnq_list_row(&l);
    }
    fnq_list_end(&l, photo_counts(f));
    free(p);
    return 0;
}

/* ---- count ---- */

int fnq_find_count(struct fnq_out *out, struct fn_txn *t, const struct fnl_finds *f,
                   struct fn_error *err)
{
    (void)t;
    (void)err;
    if (fnq_out_is_json(out))
        fnq_json_one(out, "fnq.count/1", json_pack("{s:I}", "photos", (json_int_t)f->total));
    else
        fnq_text(out, "%zu\n", f->total);
    return 0;
}
