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
    .summary = "confirm that faces are the person they are assigned to",
    .details = FNQ_LABEL_DETAILS,
    .examples = "fnq confirm --of ann -n --sheet ann.jpg\n"
                "fnq confirm --of ann\n"
                "fnq confirm f9c2e41a hike.jpg:2\n",
    FNQ_TYPED(confirm, table),
    .operands = FNQ_COMPLETE_FILES,
};
