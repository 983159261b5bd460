/* SPDX-License-Identifier: MIT */
/* fnq notface. */
#include "cli/saying/labelling.h"

struct options {
    struct fnq_label_options common;
};
static const struct fn_opt table[] = {
    FNQ_LABEL_OPTIONS,
    OPT_END,
};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    const struct fnq_labelling what = {
        .verb = "notface", .kind = FN_ASSERT_NOTFACE, .common = &o->common};
    return fnq_label_faces(ctx, &what, argc, argv);
}

FNQ_COMMAND(notface) = {
    .name = "notface",
    .args = "FACE...",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "label what is not a face at all",
    .details = FNQ_LABEL_DETAILS,
    .examples = "fnq notface ~/Pictures/costumes.jpg:2\n",
    FNQ_TYPED(notface, table),
    .operands = FNQ_COMPLETE_FILES,
};
