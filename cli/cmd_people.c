/* SPDX-License-Identifier: MIT */
/* fnq people list, show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/people_common.h"
#include "cli/picture.h"

const struct fn_opt fnq_options_people_list[] = {
    {"all", 'a', FN_OPT_FLAG, FNQ_AT(all), NULL,
     "also unnamed people in few photos, and hidden ones"},
    {"limit", 0, FN_OPT_U64, FNQ_AT(limit), "N", "at most N people"},
    {"sort", 0, FN_OPT_STRING, FNQ_AT(sort), "KEY", "photos (default), name, first, last"},
    {"sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg",
     "write a contact sheet with the best faces of each person"},
    FNQ_OPT_END,
};
const struct fn_opt fnq_options_people_show[] = {
    {"sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg",
     "write a contact sheet of the person's faces"},
    {"limit", 0, FN_OPT_U64, FNQ_AT(limit), "N", "at most N faces on the sheet"},
    FNQ_OPT_END,
};

struct people {
    struct fn_person *p;
    size_t n, cap;
    size_t n_small, n_hidden; /* left out */
    uint64_t min_photos;
    bool all;
};

static int collect(const struct fn_person *p, void *arg)
{
    struct people *l = arg;
    if (!l->all && p->hidden) {
        l->n_hidden++;
        return 0;
    }
    if (!l->all && !p->name[0] && p->n_photos < l->min_photos) {
        l->n_small++;
        return 0;
    }
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 256;
        struct fn_person *more = reallocarray(l->p, cap, sizeof *more);
        if (!more)
            return -1;
        l->p = more;
        l->cap = cap;
    }
    l->p[l->n++] = *p;
    return 0;
}

static int by_photos(const void *a, const void *b)
{
    const struct fn_person *p = a, *q = b;
    if (p->n_photos != q->n_photos)
        return p->n_photos > q->n_photos ? -1 : 1;
    if (p->n_faces != q->n_faces)
        return p->n_faces > q->n_faces ? -1 : 1;
    return memcmp(p->id.b, q->id.b, sizeof p->id.b);
}

static int by_name(const void *a, const void *b)
{
    const struct fn_person *p = a, *q = b;
    if (!p->name[0] != !q->name[0])
        return p->name[0] ? -1 : 1;
    int c = strcasecmp(p->name, q->name);
    return c ? c : by_photos(a, b);
}

static int by_first(const void *a, const void *b)
{
    const struct fn_person *p = a, *q = b;
    return p->first_s != q->first_s ? (p->first_s < q->first_s ? -1 : 1) : by_photos(a, b);
}

static int by_last(const void *a, const void *b)
{
    const struct fn_person *p = a, *q = b;
    return p->last_s != q->last_s ? (p->last_s > q->last_s ? -1 : 1) : by_photos(a, b);
}

static int sort_people(struct fnq_ctx *ctx, struct people *l)
{
    static const struct {
        const char *key;
        int (*order)(const void *a, const void *b);
    } keys[] = {
        {"photos", by_photos}, {"name", by_name}, {"first", by_first}, {"last", by_last}};
    const char *want = ctx->o.sort ? ctx->o.sort : "photos";
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].key, want) == 0) {
            if (l->n)
                qsort(l->p, l->n, sizeof *l->p, keys[i].order);
            return 0;
        }
    return fnq_usage(ctx, "people list: --sort is photos, name, first or last, not '%s'.",
                     want);
}

static void print_rows(struct fnq_ctx *ctx, const struct people *l, size_t shown)
{
    static const struct fnq_column columns[] = {
        {"ID", false, FNQ_DIM}, {"NAME", false, FNQ_BOLD}, {"PHOTOS", true, 0},
        {"FACES", true, 0},     {"CONFIRMED", true, 0},    {"FROM", false, 0},
        {"TO", false, 0},       {"NOTE", false, FNQ_DIM}};
    struct fnq_table t;
    char id[FN_PERSON_TEXT], from[24], to[24];
    bool text = ctx->out.format == FNQ_TEXT;
    fnq_table_begin(&t, &ctx->out, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < shown; i++) {
        const struct fn_person *p = &l->p[i];
        fn_person_text(&p->id, id);
        if (text)
            fnq_person_short(&p->id, id);
        fnq_date_text(p->first_s, from, sizeof from);
        fnq_date_text(p->last_s, to, sizeof to);
        fnq_cell(&t, id);
        fnq_cell(&t, p->name[0] ? p->name : text ? "(unnamed)" : "");
        fnq_cellf(&t, "%u", p->n_photos);
        fnq_cellf(&t, "%u", p->n_faces);
        fnq_cellf(&t, "%u", p->n_confirmed);
        fnq_cell(&t, from);
        fnq_cell(&t, to);
        fnq_cell(&t, p->hidden ? "hidden" : "");
        fnq_row_end(&t);
    }
    fnq_table_end(&t);
    if (!text)
        return;
    size_t n_rest = l->n - shown;
    if (n_rest)
        fnq_text(&ctx->out, "…     (%zu more)\n", n_rest);
    fnq_style(&ctx->out, FNQ_DIM);
    fnq_text(&ctx->out, "%zu people shown", shown);
    if (l->n_small || l->n_hidden)
        fnq_text(&ctx->out, "; %zu unnamed below %llu photos, %zu hidden (--all)", l->n_small,
                 (unsigned long long)l->min_photos, l->n_hidden);
    fnq_style(&ctx->out, FNQ_PLAIN);
    fnq_text(&ctx->out, "\n");
}

/* The faces of a person a sheet shows: best quality first. */
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

static void sheet_faces(struct fn_txn *t, struct fnq_sheet *s, const struct fn_person *p,
                        size_t most)
{
    struct fnq_ids ids = {0};
    char path[FN_PATH_MAX], date[32];
    if (fnq_person_faces(t, &p->id, &ids, NULL))
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
        struct fnq_fact fact;
        struct fn_photo photo;
        if (fnq_fact_get(t, f[i].id, &fact, NULL) || fn_photo_get(t, fact.rec.photo, &photo) ||
            fn_path_absolute(t, fact.rec.photo, path, sizeof path))
            continue;
        const char *slash = strrchr(path, '/');
        fnq_taken_text(&photo, date, sizeof date);
        date[10] = '\0';
        fnq_sheet_add(s, path, fact.box, slash ? slash + 1 : path, date[0] ? date : fact.shown);
    }
    free(f);
    fnq_ids_finish(&ids);
}

static void sheet_person(struct fn_txn *t, struct fnq_sheet *s, const struct fn_person *p,
                         size_t most)
{
    char title[FN_PERSON_NAME_MAX + 32], line[96];
    fnq_person_title(&p->id, p->name, title, sizeof title);
    int n = snprintf(line, sizeof line, "%.50s  %u photo%s", title, p->n_photos,
                     p->n_photos == 1 ? "" : "s");
    if (p->n_faces != p->n_photos)
        (void)snprintf(line + n, sizeof line - (size_t)n, ", %u faces", p->n_faces);
    fnq_sheet_heading(s, line);
    sheet_faces(t, s, p, most);
}

static int write_sheet(struct fnq_ctx *ctx, struct fnq_sheet *s, const char *title)
{
    struct fn_error err;
    size_t lost = 0;
    fnq_read_end(ctx);
    int rc = fnq_sheet_write(ctx, s, title, ctx->o.sheet, &lost, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_note(ctx, lost ? "%s: written; %zu faces could not be read" : "%s: written",
             ctx->o.sheet, lost);
    return FNQ_OK;
}

static int list_people(struct fnq_ctx *ctx, struct people *l)
{
    struct fnq_sheet sheet = {0};
    size_t shown = ctx->o.limit && ctx->o.limit < l->n ? (size_t)ctx->o.limit : l->n;
    fnq_json_begin(&ctx->out, "fnq.people/1", "people", "fnq.person/1");
    for (size_t i = 0; i < shown; i++) {
        if (fnq_out_is_json(&ctx->out))
            fnq_json_item(&ctx->out, fnq_person_object(ctx->read, &l->p[i]));
        if (ctx->o.sheet)
            sheet_person(ctx->read, &sheet, &l->p[i], FNQ_SHEET_COLUMNS);
    }
    json_t *more = json_object();
    size_t total = l->n + l->n_small + l->n_hidden;
    fnq_set(more, "total", json_integer((json_int_t)total));
    fnq_set(more, "shown", json_integer((json_int_t)shown));
    fnq_json_end(&ctx->out, more);
    print_rows(ctx, l, shown);
    fnq_read_end(ctx);
    fnq_out_flush(&ctx->out);
    int code = ctx->o.sheet ? write_sheet(ctx, &sheet, "People") : FNQ_OK;
    fnq_sheet_finish(&sheet);
    return code;
}

int fnq_run_people_list(struct fnq_ctx *ctx, int argc, char **argv)
{
    const struct fn_config *c = NULL;
    struct fn_error err = {0};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "people list takes no names; one person: fnq people show NAME.");
    int rc = fnq_config(ctx, &c, &err);
    rc = rc ? rc : fnq_read_begin(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    struct people l = {.min_photos = c->min_photos, .all = ctx->o.all};
    rc = fn_person_each(ctx->read, collect, &l);
    int code =
        rc ? fnq_fail(ctx, &(struct fn_error){.code = rc < -1 ? rc : -12}, "people", NULL)
           : sort_people(ctx, &l);
    if (!code)
        code = list_people(ctx, &l);
    free(l.p);
    return code;
}

/* ---- show ---- */

enum { YEARS = 400, SEEN_MAX = 4096 };

struct seen {
    struct fnq_match who;
    size_t n;
};
struct show {
    struct fn_person p;
    int first_year;
    uint32_t by_year[YEARS];
    struct seen *seen;
    size_t n_seen;
};

static void count_seen(struct show *s, const struct fnq_match *m)
{
    size_t i = 0;
    while (i < s->n_seen && !fnq_person_eq(&s->seen[i].who.id, &m->id))
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
            struct fnq_fact fact;
            if (fnq_fact_get(t, f[i].id, &fact, NULL) == 0 && fact.person.name[0] &&
                !fnq_person_eq(&fact.person.id, &s->p.id))
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
    struct fnq_ids faces = {0};
    int rc = fnq_person_faces(t, &s->p.id, &faces, err);
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
    fnq_ids_finish(&faces);
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
    fnq_person_title(&s->p.id, s->p.name, title, sizeof title);
    fnq_person_short(&s->p.id, id);
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
    struct fnq_sheet sheet = {0};
    int rc = fnq_read_begin(ctx, &err);
    rc = rc ? rc : fnq_person_find(ctx->read, what, &s.p, &err);
    rc = rc ? rc : gather(ctx->read, &s, &err);
    int code = rc ? fnq_fail(ctx, &err, NULL, NULL) : FNQ_OK;
    if (!rc && ctx->out.format == FNQ_JSON)
        fnq_json_one(&ctx->out, "fnq.person/1", show_json(ctx->read, &s));
    else if (!rc && ctx->out.format == FNQ_JSONL)
        fnq_json_one(&ctx->out, "fnq.person/1", show_json(ctx->read, &s));
    else if (!rc)
        show_text(&ctx->out, &s);
    if (!rc && ctx->o.sheet) {
        char title[FN_PERSON_NAME_MAX + 32];
        fnq_person_title(&s.p.id, s.p.name, title, sizeof title);
        sheet_person(ctx->read, &sheet, &s.p, ctx->o.limit ? (size_t)ctx->o.limit : 200);
        code = write_sheet(ctx, &sheet, title);
    }
    fnq_sheet_finish(&sheet);
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
