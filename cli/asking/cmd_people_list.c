/* SPDX-License-Identifier: MIT */
/* fnq people list. */
#include <string.h>

#include "cli/asking/people_html.h"
#include "cli/asking/person_fields.h"
#include "cli/asking/person_sheet.h"
#include "cli/library/people_list.h"
#include "cli/print/list.h"
#include "cli/program/command.h"

struct options {
    bool all;
    uint64_t limit;
    const char *sort, *sheet, *html;
};
static const struct fn_opt table[] = {
    OPT_FLAG(all, "all", 'a',
             "also unnamed people in few photos, hidden ones, and names without photos"),
    OPT_NUMBER(limit, "limit", 0, "N", "at most N people"),
    OPT_TEXT(sort, "sort", 0, "KEY", "photos (default), name, first, last"),
    OPT_TEXT(sheet, "sheet", 0, "OUT.jpg",
             "write a contact sheet with the best faces of each person"),
    OPT_TEXT(html, "html", 0, "DIR", "write pages with faces and photos, for a web browser"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "id", .title = "ID", .style = FNQ_DIM},
    {.key = "name", .title = "NAME", .style = FNQ_BOLD, .fit = FNQ_MIDDLE},
    {.key = "aliases"},
    {.key = "photos", .title = "PHOTOS", .right = true},
    {.key = "faces", .title = "FACES", .right = true, .drop = 2},
    {.key = "confirmed", .title = "CONFIRMED", .right = true, .drop = 3},
    {.key = "rejected"},
    {.key = "first", .title = "FROM", .drop = 1},
    {.key = "last", .title = "TO", .drop = 1},
    {.key = "born"},
    {.key = "hidden", .title = "NOTE", .style = FNQ_DIM},
    {.key = "favourite"},
    {.key = "cover"},
    {.key = "lookalikes"},
    {.key = "threshold"},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.people/1", "people", "fnq.person/1", fields);

static void print_summary(struct fnq_out *o, const struct fnl_people *l, uint64_t min_photos)
{
    if (l->n_all > l->n)
        fnq_text(o, "…     (%zu more)\n", l->n_all - l->n);
    fnq_style(o, FNQ_DIM);
    fnq_text(o, "%zu people shown", l->n);
    if (l->n_small || l->n_hidden)
        fnq_text(o, "; %zu unnamed below %llu photos, %zu hidden", l->n_small,
                 (unsigned long long)min_photos, l->n_hidden);
    if (l->n_without)
        fnq_text(o, "; %zu without photos", l->n_without);
    if (l->n_small || l->n_hidden || l->n_without)
        fnq_text(o, " (--all)");
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, "\n");
}

static int print(struct fnq_ctx *ctx, const struct options *o, const struct fnl_people *l,
                 uint64_t min_photos)
{
    struct fnq_list list;
    struct fnl_sheet sheet = {0};
    fnq_list_begin(&list, &ctx->out, &kind);
    for (size_t i = 0; i < l->n; i++) {
        fnq_put_person(&list, fnl_txn(ctx->lib), &l->p[i]);
        fnq_list_row(&list);
        if (o->sheet)
            fnq_sheet_person(fnl_txn(ctx->lib), &sheet, &l->p[i], FNL_SHEET_COLUMNS);
    }
    json_t *more = json_object();
    size_t total = l->n_all + l->n_small + l->n_hidden + l->n_without;
    fnq_set(more, "total", json_integer((json_int_t)total));
    fnq_set(more, "shown", json_integer((json_int_t)l->n));
    fnq_list_end(&list, more);
    if (ctx->out.format == FNQ_TEXT)
        print_summary(&ctx->out, l, min_photos);
    fnq_read_end(ctx);
    if (!fnq_out_is_json(&ctx->out)) /* the list of files is added to JSON */
        fnq_out_flush(&ctx->out);
    int code = o->sheet ? fnq_write_sheet(ctx, &sheet, "People", o->sheet) : FN_EXIT_OK;
    fnl_sheet_finish(&sheet);
    return code;
}

static bool parse_order(const char *key, enum fnl_people_order *ret)
{
    static const char *const keys[] = {
        [FNL_BY_PHOTOS] = "photos",
        [FNL_BY_NAME] = "name",
        [FNL_BY_FIRST] = "first",
        [FNL_BY_LAST] = "last",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0) {
            *ret = (enum fnl_people_order)i;
            return true;
        }
    return false;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    const struct fn_config *c = NULL;
    struct fn_error err = {0};
    struct fnl_people l;
    struct fnl_people_choice choice = {.all = o->all, .limit = o->limit};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "people list takes no names; one person: fnq people show NAME.");
    if (o->sort && !parse_order(o->sort, &choice.order))
        return fnq_usage(ctx, "people list: --sort is photos, name, first or last, not '%s'.",
                         o->sort);
    if (o->sheet && o->html)
        return fnq_usage(ctx, "people list: --sheet or --html, not both.");
    int rc = fnq_config(ctx, &c, &err);
    rc = rc ? rc : fnq_read_begin(ctx, &err);
    choice.min_photos = rc ? 0 : c->min_photos;
    choice.with_photos = o->html;
    rc = rc ? rc : fnl_people_list(fnl_txn(ctx->lib), &choice, &l, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    int code = o->html ? fnq_write_people_html(ctx, &l, c->min_photos, o->html)
                       : print(ctx, o, &l, c->min_photos);
    fnl_people_finish(&l);
    return code;
}

FNQ_COMMAND(people_list) = {
    .name = "people list",
    .args = "",
    .group = FNQ_GROUP_EVERYDAY,
    .summary = "list people",
    .examples = "fnq people list\n"
                "fnq people list --html ~/people-page\n"
                "fnq people list --all --sort name\n",
    FNQ_TYPED(people_list, table),
};
