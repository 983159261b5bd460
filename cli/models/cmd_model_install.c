/* SPDX-License-Identifier: MIT */
/* fnq model install. */
#include "cli/library/model_install.h"
#include "cli/library/model_source.h"
#include "cli/program/command.h"

struct options {
    const char *name, *profile;
};
static const struct fn_opt table[] = {
    OPT_TEXT(name, "name", 0, "NAME", "name of the profile and of the model file"),
    OPT_TEXT(profile, "profile", 0, "NAME",
             "profile that the other models and values are copied from (default: default)"),
    OPT_END,
};

static void tell(const struct fnq_ctx *ctx, const struct fnl_install *i, const char *folder)
{
    if (ctx->o.dry_run)
        fnq_note(ctx, "profile %s would be written to %s", i->name, folder);
    else
        fnq_note(ctx,
                 "profile %s is in %s. An index has one profile; to create a new index: "
                 "facenetd --profile %s --index DIR",
                 i->name, folder, i->name);
    if (i->model->role == FN_ROLE_DETECTOR)
        fnq_note(ctx, "the minimum scores of faces are those of %s", i->base);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_model_source source;
    struct fnl_install what = {.model = &source.model,
                               .from = source.path,
                               .name = o->name,
                               .base = o->profile ? o->profile : "default"};
    char folder[FN_PATH_MAX];
    if (argc != 1 || !o->name)
        return fnq_usage(ctx, "model install: a model, and --name of the profile.");
    if (!fnl_profile_name_valid(o->name))
        return fnq_usage(ctx, "--name is of letters, digits, '-' and '_', at most 49.");
    int rc = fnl_model_open(ctx->lib, argv[0], &source, &err);
    bool none = rc == FN_ENOTFOUND;
    rc = rc ? rc : fnl_model_install(ctx->lib, fnq_mode(ctx), &what, folder, &err);
    if (!rc)
        tell(ctx, &what, folder);
    fnl_model_close(&source);
    return rc ? fnq_fail(ctx, &err, none ? NULL : "model install", NULL) : FN_EXIT_OK;
}

FNQ_COMMAND(model_install) = {
    .name = "model install",
    .args = "MODEL --name NAME",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "make a profile from a model",
    .details =
        "The profile has the thresholds of the model. An embedder without any is refused: "
        "fnq eval calibrate measures them. MODEL may be a train.ckpt.",
    .examples = "fnq model install run/model.fnm --name mine\n",
    FNQ_TYPED(model_install, table),
    .operands = FNQ_COMPLETE_FILES,
};
