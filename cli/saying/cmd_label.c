/* SPDX-License-Identifier: MIT */
/* fnq label. */
#include <stdio.h>
#include <string.h>

#include "cli/saying/labelling.h"
#include "engine/base/shell_word.h"

struct options {
    bool fresh;
    struct fnq_label_options common;
};
static const struct fn_opt table[] = {
    OPT_FLAG(fresh, "new", 0, "a new person, even if another person has the name"),
    FNQ_LABEL_OPTIONS,
    OPT_END,
};

/* "label f9c2e41a Ann Berg": Ann would be a query for all faces of Ann. */
static bool is_split_name(int argc, char **argv)
{
    char file[FN_PATH_MAX];
    unsigned n;
    const char *before = argc > 2 ? argv[argc - 2] : "f0";
    return !fnl_is_face_id(before) && !fnl_split_numbered(before, file, sizeof file, &n) &&
           !strpbrk(before, " :<>=()\"");
}

static int refuse_split_name(const struct fnq_ctx *ctx, char *const *last_two)
{
    char name[FN_PATH_MAX];
    (void)snprintf(name, sizeof name, "%s %s", last_two[0], last_two[1]);
    return fnq_usage(ctx,
                     "label: a name of several words is written in quotes: %s. A query in "
                     "addition to faces: --query.",
                     FN_SHELL(name));
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fnq_labelling what = {
        .verb = "label", .kind = FN_ASSERT_IS, .fresh = o->fresh, .common = &o->common};
    if (o->common.batch)
        return fnq_label_faces(ctx, &what, argc, argv);
    if (argc == 0 || (argc == 1 && !o->common.query))
        return fnq_usage(ctx, "label: which faces, and who are they?");
    if (is_split_name(argc, argv))
        return refuse_split_name(ctx, argv + argc - 2);
    what.who = argv[argc - 1];
    if (!what.who[0] || strlen(what.who) >= FN_PERSON_NAME_MAX)
        return fnq_usage(ctx, "label: a name has 1 to %d bytes.", FN_PERSON_NAME_MAX - 1);
    return fnq_label_faces(ctx, &what, argc - 1, argv);
}

FNQ_COMMAND(label) = {
    .name = "label",
    .args = "FACE... NAME",
    .group = FNQ_GROUP_EVERYDAY,
    .summary = "label faces as a person",
    .details = FNQ_LABEL_DETAILS,
    .examples = "fnq label ~/Pictures/costumes.jpg:2 Tom\n"
                "fnq label --query 'path:**/bar*' 'Ann Berg' --dry-run\n",
    FNQ_TYPED(label, table),
    .operands = FNQ_COMPLETE_LABEL,
};
