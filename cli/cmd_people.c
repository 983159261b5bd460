/* SPDX-License-Identifier: MIT */
/* fnq people show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/asking/person_sheet.h"
#include "cli/old_commands.h"
#include "cli/library/persons.h"
#include "cli/library/pictures.h"
#include "cli/print/index_json.h"

const struct fn_opt fnq_options_people_show[] = {
    {"sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg",
     "write a contact sheet of the person's faces"},
    {"limit", 0, FN_OPT_U64, FNQ_AT(limit), "N", "at most N faces on the sheet"},
    FNQ_OPT_END,
};

enum { YEARS = 400, SEEN_MAX = 4096 };

struct seen {
    struct fnl_match who;
    size_t n;
};
struct show {
    struct fn_person p;
    int first_year;
    uint32_t by_year[YEARS];
    struct seen *seen;
    size_t n_seen;
};

static void count_seen(struct show *s, const struct fnl_match *m)
{
    size_t i = 0;
    while (i < s->n_seen && !fnl_person_eq(&s->seen[i].who.id, &m->id))
        i++;
    if (i == s->n_seen) {
        if (i == SEEN_MAX)
            return;
        s->seen[s->n_seen++] = (struct seen){.who = *m};
    }
    s->seen[i].n++;
}

static void look_at_photo(struct fn_txn *t, struct show *s, const struct fn_photo *photo)
{
    struct fn_face_rec *f = calloc(512, sizeof *f);
    size_t n = 0;
    if (f && fn_faces_of_photo(t, photo->id, f, 512, &n) == 0)
        for (size_t i = 0; i < n; i++) {
            struct fnl_fact fact;
            if (fnl_fact_get(t, f[i].id, &fact, NULL) == 0 && fact.person.name[0] &&
                !fnl_person_eq(&fact.person.id, &s->p.id))
                count_seen(s, &fact.person);
        }
    free(f);
    if (!photo->taken_precision)
        return;
    int year = fn_unix_to_civil(photo->taken_s).year;
    if (year >= 1800 && year < 1800 + YEARS)
        s->by_year[year - 1800]++;
}

static int by_count(const void *a, const void *b)
{
    const struct seen *p = a, *q = b;
    return p->n != q->n ? (p->n > q->n ? -1 : 1) : strcmp(p->who.name, q->who.name);
}

static int photo_order(const void *a, const void *b)
{
    const fn_photo_id *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

static int gather(struct fn_txn *t, struct show *s, struct fn_error *err)
{
    struct fnl_ids faces = {0};
    int rc = fnl_person_faces(t, &s->p.id, &faces, err);
    fn_photo_id *photos = calloc(faces.n + 1, sizeof *photos);
    s->seen = calloc(SEEN_MAX, sizeof *s->seen);
    if (!rc && (!photos || !s->seen))
        rc = fn_error_set(err, -12, "out of memory");
    for (size_t i = 0; !rc && i < faces.n; i++) {
        struct fn_face_rec rec;
        if (fn_face_get(t, faces.id[i], &rec) == 0)
            photos[i] = rec.photo;
    }
    if (!rc)
        qsort(photos, faces.n, sizeof *photos, photo_order);
    for (size_t i = 0; !rc && i < faces.n; i++) {
        struct fn_photo photo;
        if ((i == 0 || photos[i] != photos[i - 1]) && fn_photo_get(t, photos[i], &photo) == 0)
            look_at_photo(t, s, &photo);
    }
    if (!rc)
        qsort(s->seen, s->n_seen, sizeof *s->seen, by_count);
    free(photos);
    fnl_ids_finish(&faces);
    return rc;
}

static void show_years(struct fnq_out *o, const struct show *s)
{
    static const char *const bar[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    uint32_t most = 0;
    for (size_t i = 0; i < YEARS; i++)
        most = s->by_year[i] > most ? s->by_year[i] : most;
    if (!most)
        return;
    fnq_text(o, "  by year ");
    for (size_t i = 0; i < YEARS; i++)
        if (s->by_year[i])
            fnq_text(o, "  %zu %s %u", 1800 + i, bar[(s->by_year[i] * 7) / most],
                     s->by_year[i]);
    fnq_text(o, "\n");
}

static void show_text(struct fnq_out *o, const struct show *s)
{
    char title[FN_PERSON_NAME_MAX + 32], id[FN_PERSON_TEXT];
    fnl_person_title(&s->p.id, s->p.name, title, sizeof title);
    fnl_person_short(&s->p.id, id);
    fnq_style(o, FNQ_BOLD);
    fnq_text_safe(o, title);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, "  %s   %u faces in %u photos   %u confirmed, %u rejected%s\n", id,
             s->p.n_faces, s->p.n_photos, s->p.n_confirmed, s->p.n_rejected,
             s->p.hidden ? "   hidden" : "");
    show_years(o, s);
    for (size_t i = 0; i < s->n_seen && i < 8; i++) {
        fnq_text(o, i ? ", " : "  seen with ");
        fnq_text_safe(o, s->seen[i].who.name);
        fnq_text(o, " %zu", s->seen[i].n);
    }
    if (s->n_seen)
        fnq_text(o, "\n");
}

static json_t *show_json(struct fn_txn *t, const struct show *s)
{
    json_t *o = fnq_person_object(t, &s->p), *years = json_object(), *seen = json_array();
    char key[16];
    for (size_t i = 0; i < YEARS; i++)
        if (s->by_year[i]) {
            (void)snprintf(key, sizeof key, "%zu", 1800 + i);
            fnq_set(years, key, json_integer(s->by_year[i]));
        }
    for (size_t i = 0; i < s->n_seen; i++) {
        json_t *m = fnq_person_json(&s->seen[i].who);
        fnq_set(m, "photos", json_integer((json_int_t)s->seen[i].n));
        if (json_array_append_new(seen, m) < 0)
            abort();
    }
    fnq_set(o, "by_year", years);
    fnq_set(o, "seen_with", seen);
    return o;
}

static int show_one(struct fnq_ctx *ctx, const char *what)
{
    struct fn_error err = {0};
    struct show s = {0};
    struct fnl_sheet sheet = {0};
    int rc = fnq_read_begin(ctx, &err);
    rc = rc ? rc : fnl_person_find(fnl_txn(ctx->lib), what, &s.p, &err);
    rc = rc ? rc : gather(fnl_txn(ctx->lib), &s, &err);
    int code = rc ? fnq_fail(ctx, &err, NULL, NULL) : FNQ_OK;
    if (!rc && ctx->out.format == FNQ_JSON)
        fnq_json_one(&ctx->out, "fnq.person/1", show_json(fnl_txn(ctx->lib), &s));
    else if (!rc && ctx->out.format == FNQ_JSONL)
        fnq_json_one(&ctx->out, "fnq.person/1", show_json(fnl_txn(ctx->lib), &s));
    else if (!rc)
        show_text(&ctx->out, &s);
    if (!rc && ctx->o.sheet) {
        char title[FN_PERSON_NAME_MAX + 32];
        fnl_person_title(&s.p.id, s.p.name, title, sizeof title);
        fnq_sheet_person(fnl_txn(ctx->lib), &sheet, &s.p,
                         ctx->o.limit ? (size_t)ctx->o.limit : 200);
        code = fnq_write_sheet(ctx, &sheet, title, ctx->o.sheet);
    }
    fnl_sheet_finish(&sheet);
    free(s.seen);
    fnq_read_end(ctx);
    return code;
}

int fnq_run_people_show(struct fnq_ctx *ctx, int argc, char **argv)
{
    int code = FNQ_OK;
    if (argc == 0 || (argc > 1 && ctx->o.sheet))
        return fnq_usage(ctx, argc ? "people show: --sheet is for one person."
                                   : "people show: who?");
    for (int i = 0; i < argc; i++) {
        int c = show_one(ctx, argv[i]);
        code = code ? code : c;
    }
    return code;
}
