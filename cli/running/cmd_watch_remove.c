/* SPDX-License-Identifier: MIT */
/* fnq watch remove. */
#include "cli/library/library_roots.h"
#include "cli/library/root_facts.h"
#include "cli/program/command.h"
#include "engine/base/shell_word.h"

static int not_a_root(const struct fnl_root_facts *f, struct fn_error *err)
{
    if (f->outer[0])
        return fn_error_set(err, FN_ENOTFOUND,
                            "%s is below the root %s. Remove that, or put an empty file named "
                            ".facenet-ignore into this folder to leave it out",
                            f->path, f->outer);
    return fn_error_set(err, FN_ENOTFOUND, "%s is not watched. List the roots: fnq watch list",
                        f->path);
}

/* What happens to the photos, and how to reverse it. */
static void explain(struct fnq_ctx *ctx, const struct fnl_root_facts *f)
{
    bool dry = ctx->o.dry_run;
    fnq_note(ctx,
             "%s: %s. %llu %s out of fnq find. Labels are kept; they are back with: fnq watch "
             "add %s",
             f->path, dry ? "would not be watched any more" : "not watched any more",
             (unsigned long long)f->photos,
             dry ? (f->photos == 1 ? "photo would go" : "photos would go")
                 : (f->photos == 1 ? "photo goes" : "photos go"),
             FN_SHELL(f->path));
    if (f->configured)
        fnq_note(ctx,
                 "%s: facenetd.conf has this folder, too (library.root). It is watched again "
                 "when facenetd starts, unless you remove it there.",
                 f->path);
}

static int remove_one(struct fnq_ctx *ctx, const char *folder, struct fn_error *err)
{
    struct fnl_root_facts f;
    char path[FN_PATH_MAX];
    int rc = fnl_root_path(folder, false, path, err);
    rc = rc ? rc : fnl_root_facts(ctx->lib, path, &f, err);
    if (!rc && !f.is_root)
        rc = not_a_root(&f, err);
    rc = rc ? rc : fnl_root_remove(ctx->lib, fnq_mode(ctx), path, NULL, err);
    if (!rc)
        explain(ctx, &f);
    return rc;
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    int failed = 0, code = FN_EXIT_OK;
    if (argc == 0)
        return fnq_usage(ctx, "watch remove: which folder?");
    for (int i = 0; i < argc; i++)
        if (remove_one(ctx, argv[i], &err)) {
            code = fnq_fail(ctx, &err, "watch remove", NULL);
            failed++;
        }
    return failed && failed < argc ? FN_EXIT_PARTLY : code;
}

FNQ_PLAIN_COMMAND(watch_remove) = {
    .name = "watch remove",
    .args = "DIR...",
    .group = FNQ_GROUP_RUNNING,
    .summary = "stop indexing a folder, keep its labels",
    .examples = "fnq watch remove ~/Pictures\n",
    .run = fnq_run_watch_remove,
    .operands = FNQ_COMPLETE_ROOTS,
};
