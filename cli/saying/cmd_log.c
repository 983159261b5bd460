/* SPDX-License-Identifier: MIT */
/* fnq log. */
#include <stdio.h>

#include "cli/print/list.h"
#include "cli/program/command.h"
#include "cli/saying/act_words.h"
#include "engine/base/clock.h"

enum { ON_A_TERMINAL = 20 };

struct options {
    uint64_t limit;
};
static const struct fn_opt table[] = {
    OPT_NUMBER(limit, "limit", 0, "N",
               "at most N acts (default: 20 on a terminal, otherwise all)"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "act", .title = "ACT", .style = FNQ_BOLD},
    {.key = "time", .title = "TIME", .style = FNQ_DIM, .drop = 1},
    {.key = "author", .title = "WHO", .drop = 2, .fit = FNQ_MIDDLE},
    {.key = "text", .title = "WHAT", .fit = FNQ_FOLD},
    {.key = "in_force", .title = "NOTE", .style = FNQ_YELLOW},
    {.key = "assertions"},
    {.key = "kinds"},
    {.key = "group_faces"},
    {.key = "undo_of"},
    {.key = "person"},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.log/1", "acts", "fnq.log.act/1", fields);

static json_t *kinds_json(const struct fnl_act_summary *s)
{
    json_t *kinds = json_object();
    for (size_t i = 1; i < FNL_KINDS; i++)
        if (s->by_kind[i])
            fnq_set(kinds, fnq_kind_word(i), json_integer((json_int_t)s->by_kind[i]));
    return kinds;
}

static void put_act(struct fn_txn *t, struct fnq_list *l, const struct fnl_act_summary *s)
{
    char number[24], time[FN_RFC3339_MAX], what[400], id[FN_PERSON_TEXT];
    (void)snprintf(number, sizeof number, "L%llu", (unsigned long long)s->act);
    fn_rfc3339(time, s->time_us / 1000000, 0);
    fnq_act_line(t, s, what, sizeof what);
    fn_person_text(&s->person.id, id);
    fnq_put_json(l, json_integer((json_int_t)s->act), number);
    fnq_put_text(l, time);
    fnq_put_text(l, s->author[0] ? s->author : NULL);
    fnq_put_text(l, what);
    fnq_put_json(l, json_boolean(s->in_effect), s->in_effect ? "" : "undone");
    fnq_put_count(l, s->n_assertions);
    fnq_put_json(l, kinds_json(s), NULL);
    fnq_put_count(l, s->cluster_faces);
    fnq_put_json(l, s->undo_of ? json_integer((json_int_t)s->undo_of) : NULL, NULL);
    fnq_put_text(l, s->has_person ? id : NULL);
    fnq_list_row(l);
}

static void print(struct fnq_ctx *ctx, const struct fnl_log *log)
{
    struct fnq_list list;
    json_t *more = json_object();
    fnq_list_begin(&list, &ctx->out, &kind);
    for (size_t i = 0; i < log->n; i++)
        put_act(fnl_txn(ctx->lib), &list, &log->a[i]);
    fnq_set(more, "total", json_integer((json_int_t)log->n_total));
    fnq_list_end(&list, more);
    if (ctx->out.format == FNQ_TEXT && log->n_total > log->n)
        fnq_text(&ctx->out, "… (%zu older; --limit N)\n", log->n_total - log->n);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_log log = {0};
    size_t limit = o->limit                      ? (size_t)o->limit
                   : ctx->out.format == FNQ_TEXT ? ON_A_TERMINAL
                                                 : 0;
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "log takes no operands.");
    int rc = fnq_read_begin(ctx, &err);
    rc = rc ? rc : fnl_log_read(fnl_txn(ctx->lib), limit, &log, &err);
    if (!rc)
        print(ctx, &log);
    fnq_read_end(ctx);
    fnl_log_finish(&log);
    return rc ? fnq_fail(ctx, &err, NULL, NULL) : FN_EXIT_OK;
}

FNQ_COMMAND(log) = {
    .name = "log",
    .args = "",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "list your acts, newest first",
    .examples = "fnq log\n"
                "fnq log --limit 5\n",
    FNQ_TYPED(log, table),
};
