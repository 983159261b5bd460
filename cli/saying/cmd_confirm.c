/* SPDX-License-Identifier: MIT */
/* fnq confirm. */
#include "cli/saying/labelling.h"

struct options {
    const char *of;
    struct fnq_label_options common;
};
static const struct fn_opt table[] = {
    OPT_TEXT(of, "of", 0, "PERSON", "faces of this person only"),
    FNQ_LABEL_OPTIONS,
    OPT_END,
};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    const struct fnq_labelling what = {.verb = "confirm",
                                       .kind = FN_ASSERT_IS,
                                       .who = o->of,
                                       .of = o->of,
                                       .common = &o->common};
    return fnq_label_faces(ctx, &what, argc, argv);
}

FNQ_COMMAND(confirm) = {
    .name = "confirm",
    .args = "FACE...",
    .group = FNQ_GROUP_EVERYDAY,
    .summary = "confirm that suggested faces are right",
    .details = FNQ_LABEL_DETAILS,
    .examples = "fnq confirm --of 'Ann Berg' --dry-run --sheet ~/ann.jpg\n"
                "fnq confirm --of 'Ann Berg'\n"
                "fnq confirm ~/Pictures/costumes.jpg:1\n",
    FNQ_TYPED(confirm, table),
    .operands = FNQ_COMPLETE_FILES,
};
