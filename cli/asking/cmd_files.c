/* SPDX-License-Identifier: MIT */
/* fnq files --bad, --missing. */
#include <stdio.h>

#include "cli/library/facts.h"
#include "cli/library/problem_files.h"
#include "cli/print/list.h"
#include "cli/program/command.h"
#include "engine/base/clock.h"

struct options {
    bool bad, missing;
};
static const struct fn_opt table[] = {
    OPT_FLAG(bad, "bad", 0, "files that cannot be used, with the reason"),
    OPT_FLAG(missing, "missing", 0, "files on roots that are away, and photos without a file"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "path", .title = "PATH", .place = 1, .fit = FNQ_MIDDLE},
    {.key = "photo", .title = "PHOTO", .style = FNQ_DIM, .place = 5, .drop = 2},
    {.key = "state", .title = "STATE", .place = 2, .drop = 1},
    {.key = "reason", .title = "REASON", .style = FNQ_YELLOW, .place = 3, .fit = FNQ_FOLD},
    {.key = "since", .title = "SINCE", .place = 4, .drop = 3},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.files/1", "files", "fnq.file/1", fields);

struct listing {
    struct fnq_list list;
    size_t n;
};

static const char *reason(const struct fnl_problem *p)
{
    static const char *const usual[] = {
        [FNL_FILE_BAD] = NULL,
        [FNL_FILE_AWAY] = "its folder is away",
        [FNL_FILE_GONE] = "no file with this content is left",
    };
    if (p->unwatched)
        return "its folder is not watched any more (fnq watch add)";
    return p->reason[0] ? p->reason : usual[p->state];
}

static void visit(const struct fnl_problem *p, void *arg)
{
    struct listing *l = arg;
    char hex[FN_H128_HEX], shown[FNL_PHOTO_SHORT + 1], since[FN_RFC3339_MAX], day[11];
    fnl_photo_hex(&p->photo->hash, hex, sizeof hex);
    fnl_photo_hex(&p->photo->hash, shown, sizeof shown);
    fn_rfc3339(since, p->since_s, 0);
    fnq_put_path_or(&l->list, p->path, "(no file)");
    fnq_put_shown(&l->list, hex, shown);
    fnq_put_text(&l->list, fnl_problem_name(p->state));
    fnq_put_text(&l->list, reason(p));
    (void)snprintf(day, sizeof day, "%.10s", since);
    if (p->since_s)
        fnq_put_shown(&l->list, since, day);
    else
        fnq_put_none(&l->list);
    fnq_list_row(&l->list);
    l->n++;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct listing l = {.n = 0};
    (void)argv;
    if (argc || (!o->bad && !o->missing))
        return fnq_usage(ctx, "files: --bad or --missing (or both).");
    int rc = fnq_read_begin(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_list_begin(&l.list, &ctx->out, &kind);
    rc = fnl_problem_files(fnl_txn(ctx->lib), o->bad, o->missing, visit, &l, &err);
    fnq_list_end(&l.list, json_pack("{s:I}", "total", (json_int_t)l.n));
    fnq_read_end(ctx);
    return rc ? fnq_fail(ctx, &err, "files", NULL) : FN_EXIT_OK;
}

FNQ_COMMAND(files) = {
    .name = "files",
    .args = "--bad | --missing",
    .group = FNQ_GROUP_PHOTOS,
    .summary = "list files with a problem",
    .examples = "fnq files --bad\n"
                "fnq files --missing\n",
    FNQ_TYPED(files, table),
};
