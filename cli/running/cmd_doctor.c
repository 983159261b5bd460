/* SPDX-License-Identifier: MIT */
/* fnq doctor. */
#include "cli/library/health.h"
#include "cli/print/list.h"
#include "cli/program/command.h"

struct options {
    bool deep, repair;
};
static const struct fn_opt table[] = {
    OPT_FLAG(deep, "deep", 0, "also recompute people and all checksums"),
    OPT_FLAG(repair, "repair", 0,
             "first count photos, faces and paths again, and write the places of gone photos"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "level", .title = "LEVEL"},
    {.key = "text", .title = "TEXT"},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.doctor/1", "checks", "fnq.check/1", fields);

/* One line per finding, without a heading; the level has its colour. */
static void print_text(struct fnq_out *o, const struct fnl_findings *l)
{
    static const enum fnq_style style[] = {
        [FN_FIND_OK] = FNQ_GREEN, [FN_FIND_WARN] = FNQ_YELLOW, [FN_FIND_FAIL] = FNQ_RED};
    for (size_t i = 0; i < l->n; i++) {
        fnq_style(o, style[l->f[i].level]);
        fnq_text(o, "%-4s", fnl_level_name(l->f[i].level));
        fnq_style(o, FNQ_PLAIN);
        fnq_text(o, "  ");
        fnq_text_safe(o, l->f[i].text);
        fnq_text(o, "\n");
    }
}

static void print(struct fnq_out *o, const struct fnl_findings *found, bool healthy)
{
    struct fnq_list l;
    if (o->format == FNQ_TEXT) {
        print_text(o, found);
        return;
    }
    fnq_list_begin(&l, o, &kind);
    for (size_t i = 0; i < found->n; i++) {
        fnq_put_text(&l, fnl_level_name(found->f[i].level));
        fnq_put_text(&l, found->f[i].text);
        fnq_list_row(&l);
    }
    fnq_list_end(&l, json_pack("{s:b}", "healthy", healthy));
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_findings found;
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "doctor takes no operands.");
    if (o->repair && fnl_repair(ctx->lib, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    if (fnl_health(ctx->lib, o->deep, &found, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    bool healthy = found.worst < FN_FIND_FAIL;
    print(&ctx->out, &found, healthy);
    fnl_findings_finish(&found);
    return healthy ? FN_EXIT_OK : FN_EXIT_NO;
}

FNQ_COMMAND(doctor) = {
    .name = "doctor",
    .args = "",
    .group = FNQ_GROUP_SETTINGS,
    .summary = "check the index, the labels and the disk",
    .examples = "fnq doctor\n"
                "fnq doctor --deep\n",
    FNQ_TYPED(doctor, table),
};
