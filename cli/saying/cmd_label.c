/* SPDX-License-Identifier: MIT */
/* fnq label. */
#include <string.h>

#include "cli/saying/labelling.h"

struct options {
    bool fresh;
    struct fnq_label_options common;
};
static const struct fn_opt table[] = {
    OPT_FLAG(fresh, "new", 0, "a new person, even if another person has the name"),
    FNQ_LABEL_OPTIONS,
    OPT_END,
};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fnq_labelling what = {
        .verb = "label", .kind = FN_ASSERT_IS, .fresh = o->fresh, .common = &o->common};
    if (o->common.batch)
        return fnq_label_faces(ctx, &what, argc, argv);
    if (argc == 0 || (argc == 1 && !o->common.query))
        return fnq_usage(ctx, "label: which faces, and who are they?");
    what.who = argv[argc - 1];
    if (!what.who[0] || strlen(what.who) >= FN_PERSON_NAME_MAX)
        return fnq_usage(ctx, "label: a name has 1 to %d bytes.", FN_PERSON_NAME_MAX - 1);
    return fnq_label_faces(ctx, &what, argc - 1, argv);
}

FNQ_COMMAND(label) = {
    .name = "label",
    .args = "FACE... NAME",
    .summary = "label faces as a person",
    .details = FNQ_LABEL_DETAILS,
    FNQ_TYPED(label, table),
    .operands = FNQ_COMPLETE_LABEL,
};
