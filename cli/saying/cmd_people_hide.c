/* SPDX-License-Identifier: MIT */
/* fnq people hide. */
#include "cli/program/command.h"
#include "cli/saying/hiding.h"

struct options {
    bool unnamed;
    uint64_t max_photos;
};
static const struct fn_opt table[] = {
    OPT_FLAG(unnamed, "unnamed", 0, "every unnamed person (with --max-photos)"),
    OPT_NUMBER(max_photos, "max-photos", 0, "N", "with --unnamed: those in at most N photos"),
    OPT_END,
};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fnl_hiding h = {.hide = true, .unnamed = o->unnamed, .max_photos = o->max_photos};
    if (argc == 0 && !o->unnamed)
        return fnq_usage(ctx, "people hide: who?");
    if (o->unnamed && !o->max_photos)
        return fnq_usage(ctx, "people hide: --unnamed needs --max-photos N.");
    return fnq_hide_people(ctx, &h, argc, argv);
}

FNQ_COMMAND(people_hide) = {
    .name = "people hide",
    .args = "PERSON...",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "leave people out of lists",
    .examples = "fnq people hide p274d3iy\n"
                "fnq people hide --unnamed --max-photos 1\n",
    FNQ_TYPED(people_hide, table),
    .operands = FNQ_COMPLETE_PEOPLE,
};
