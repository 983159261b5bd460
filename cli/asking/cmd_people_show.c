/* SPDX-License-Identifier: MIT */
/* fnq people show. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/asking/person_fields.h"
#include "cli/asking/person_photos.h"
#include "cli/asking/person_sheet.h"
#include "cli/library/person_view.h"
#include "cli/print/index_json.h"
#include "cli/program/command.h"
#include "cli/program/operands.h"
#include "engine/base/plural.h"

struct options {
    const char *sheet;
    uint64_t limit;
};
static const struct options defaults = {.limit = 200};
static const struct fn_opt table[] = {
    OPT_TEXT(sheet, "sheet", 0, "OUT.jpg", "write a contact sheet of the person's faces"),
    OPT_NUMBER(limit, "limit", 0, "N", "at most N faces on the sheet"),
    OPT_END,
};

/* For JSON; other formats print the text of show. */
static const struct fnq_field fields[] = {
    {.key = "id"},        {.key = "name"},       {.key = "aliases"},   {.key = "photos"},
    {.key = "faces"},     {.key = "confirmed"},  {.key = "rejected"},  {.key = "first"},
    {.key = "last"},      {.key = "born"},       {.key = "hidden"},    {.key = "favourite"},
    {.key = "cover"},     {.key = "lookalikes"}, {.key = "threshold"}, {.key = "by_year"},
    {.key = "seen_with"},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.people/1", "people", "fnq.person/1", fields);

static json_t *years_json(const struct fnl_person_view *v)
{
    json_t *years = json_object();
    char key[16];
    for (size_t i = 0; i < FNL_YEARS; i++)
        if (v->by_year[i]) {
            (void)snprintf(key, sizeof key, "%zu", FNL_FIRST_YEAR + i);
            fnq_set(years, key, json_integer(v->by_year[i]));
        }
    return years;
}

static json_t *seen_json(const struct fnl_person_view *v)
{
    json_t *seen = json_array();
    for (size_t i = 0; i < v->n_seen; i++) {
        json_t *m = fnq_person_json(&v->seen[i].who);
        fnq_set(m, "photos", json_integer((json_int_t)v->seen[i].n));
        if (json_array_append_new(seen, m) < 0)
            abort();
    }
    return seen;
}

static void put(struct fnq_out *out, struct fn_txn *t, const struct fnl_person_view *v)
{
    struct fnq_list l;
    fnq_record_begin(&l, out, &kind);
    fnq_put_person(&l, t, &v->person);
    fnq_put_json(&l, years_json(v), NULL);
    fnq_put_json(&l, seen_json(v), NULL);
    fnq_record_end(&l);
}

static void show_years(struct fnq_out *o, const struct fnl_person_view *v)
{
    static const char *const bar[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    uint32_t most = 0;
    for (size_t i = 0; i < FNL_YEARS; i++)
        most = v->by_year[i] > most ? v->by_year[i] : most;
    if (!most)
        return;
    fnq_text(o, "  by year ");
    for (size_t i = 0; i < FNL_YEARS; i++)
        if (v->by_year[i])
            fnq_text(o, "  %zu %s %u", FNL_FIRST_YEAR + i, bar[(v->by_year[i] * 7) / most],
                     v->by_year[i]);
    fnq_text(o, "\n");
}

static void show(struct fnq_out *o, const struct fnl_person_view *v)
{
    const struct fn_person *p = &v->person;
    char title[FN_PERSON_NAME_MAX + 32], id[FN_PERSON_TEXT];
    fnl_person_title(&p->id, p->name, title, sizeof title);
    fnl_person_short(&p->id, id);
    fnq_style(o, FNQ_BOLD);
    fnq_text_safe(o, title);
    fnq_style(o, FNQ_PLAIN);
    if (p->name[0])
        fnq_text(o, "  %s", id);
    fnq_text(o, "\n");
    if (p->n_faces)
        fnq_text(o, "  %u face%s in %u photo%s, %u confirmed, %u rejected%s\n", p->n_faces,
                 fn_plural_s(p->n_faces), p->n_photos, fn_plural_s(p->n_photos), p->n_confirmed,
                 p->n_rejected, p->hidden ? ", hidden" : "");
    else
        fnq_text(o, "  no photos %s%s\n", p->name[0] ? "now" : "any more",
                 p->hidden ? ", hidden" : "");
    show_years(o, v);
    for (size_t i = 0; i < v->n_seen && i < 8; i++) {
        fnq_text(o, i ? ", " : "  seen with ");
        fnq_text_safe(o, v->seen[i].who.name);
        fnq_text(o, " %zu", v->seen[i].n);
    }
    if (v->n_seen)
        fnq_text(o, "\n");
}

static int write_sheet(struct fnq_ctx *ctx, const struct options *o, const struct fn_person *p)
{
    struct fnl_sheet sheet = {0};
    fnq_sheet_person(fnl_txn(ctx->lib), &sheet, p,
                     (size_t)(o->limit ? o->limit : defaults.limit));
    int code = fnq_write_sheet(ctx, &sheet, "One person", o->sheet);
    fnl_sheet_finish(&sheet);
    return code;
}

static int one(struct fnq_ctx *ctx, const struct options *o, const char *what)
{
    struct fn_error err = {0};
    struct fnl_person_view v;
    int code = FN_EXIT_OK, rc = fnq_read_begin(ctx, &err);
    rc = rc ? rc : fnl_person_view(fnl_txn(ctx->lib), what, &v, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    if (fnq_out_is_json(&ctx->out))
        put(&ctx->out, fnl_txn(ctx->lib), &v);
    else
        show(&ctx->out, &v);
    if (!fnq_out_is_json(&ctx->out))
        rc = fnq_print_person_photos(ctx, &v.person, &err);
    if (rc)
        code = fnq_fail(ctx, &err, NULL, NULL);
    else if (o->sheet)
        code = write_sheet(ctx, o, &v.person);
    fnl_person_view_finish(&v);
    fnq_read_end(ctx);
    return code;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_people p;
    if (argc == 0)
        return fnq_usage(ctx, "people show: who?");
    int rc = fnq_people_operands(ctx, argc, argv, &p, &err);
    int code = rc ? fnq_fail(ctx, &err, NULL, NULL) : FN_EXIT_OK;
    if (!rc && p.n > 1 && o->sheet)
        code = fnq_usage(ctx, "people show: --sheet is for one person.");
    else
        for (size_t i = 0; !rc && i < p.n; i++) {
            int c = one(ctx, o, p.who[i]);
            code = code ? code : c;
        }
    fnq_people_finish(&p);
    return code;
}

FNQ_COMMAND(people_show) = {
    .name = "people show",
    .args = "PERSON...",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "show one person and the newest photos",
    .details = "Counts, years, people in the same photos, and the newest photos.",
    .examples = "fnq people show Ann Berg\n"
                "fnq people show ann --sheet ~/ann.jpg\n",
    FNQ_TYPED(people_show, table),
    .defaults = &defaults,
    .operands = FNQ_COMPLETE_PEOPLE,
};
