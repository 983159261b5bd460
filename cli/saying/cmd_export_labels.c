/* SPDX-License-Identifier: MIT */
/* fnq export labels. */
#include "cli/library/labels_text.h"
#include "cli/program/command.h"
#include "cli/program/confirmed_note.h"

struct options {
    bool acts, training;
};
static const struct fn_opt table[] = {
    OPT_FLAG(acts, "acts", 0,
             "the current state as acts for label --batch, instead of the whole log"),
    OPT_FLAG(training, "training", 0,
             "the confirmed faces as a list for fnq train: path, person, box"),
    OPT_END,
};

static int export_training(struct fnq_ctx *ctx)
{
    struct fn_error err = {0};
    struct fnl_labelled l;
    int rc = fnl_labelled_get(ctx->lib, &l, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    size_t odd = fnl_export_training(&l, &ctx->out.buf);
    fnq_labelled_note(ctx, l.n_missing, l.n_unnamed);
    if (odd)
        fnq_note(ctx,
                 "%zu faces left out: a tab or line end in the path of their photo (fnq train "
                 "--labels takes them)",
                 odd);
    fnl_labelled_free(&l);
    return FN_EXIT_OK;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "export labels writes to standard output and takes no operands.");
    if (o->acts && o->training)
        return fnq_usage(ctx, "export labels: --acts or --training, not both.");
    if (o->training)
        return export_training(ctx);
    int rc = fnq_read_begin(ctx, &err);
    if (!rc)
        rc = o->acts ? fnl_export_acts(fnl_txn(ctx->lib), &ctx->out.buf, &err)
                     : fnl_export_log(fnl_txn(ctx->lib), &ctx->out.buf, &err);
    fnq_read_end(ctx);
    return rc ? fnq_fail(ctx, &err, "export labels", NULL) : FN_EXIT_OK;
}

FNQ_COMMAND(export_labels) = {
    .name = "export labels",
    .args = "",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "write all labels as text",
    .examples = "fnq export labels >~/labels.txt\n",
    FNQ_TYPED(export_labels, table),
};
