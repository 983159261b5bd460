/* SPDX-License-Identifier: MIT */
/* fnq reject. */
#include "cli/saying/labelling.h"

struct options {
    const char *of;
    struct fnq_label_options common;
};
static const struct fn_opt table[] = {
    OPT_TEXT(of, "of", 0, "PERSON", "the person that the faces are not"),
    FNQ_LABEL_OPTIONS,
    OPT_END,
};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    const struct fnq_labelling what = {.verb = "reject",
                                       .kind = FN_ASSERT_NOT,
                                       .who = o->of,
                                       .of = o->of,
                                       .common = &o->common};
    return fnq_label_faces(ctx, &what, argc, argv);
}

FNQ_COMMAND(reject) = {
    .name = "reject",
    .args = "FACE...",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "state that faces are not this person",
    .details = FNQ_LABEL_DETAILS,
    .examples = "fnq reject ~/Pictures/costumes.jpg:1\n"
                "fnq reject --of tom 'date:..2012' --dry-run\n",
    FNQ_TYPED(reject, table),
    .operands = FNQ_COMPLETE_FILES,
};
