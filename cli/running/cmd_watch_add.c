/* SPDX-License-Identifier: MIT */
/* fnq watch add. */
#include <errno.h>

#include "cli/library/library_roots.h"
#include "cli/library/root_facts.h"
#include "cli/program/command.h"

static void explain(struct fnq_ctx *ctx, const struct fnl_root_facts *f,
                    enum fnl_root_done done)
{
    const char *when = done == FNL_ROOT_BY_DAEMON
                           ? "facenetd indexes it now (fnq status)"
                           : "facenetd is not running; it indexes this folder when it starts";
    if (f->is_root)
        fnq_note(ctx, "%s: is watched already.", f->path);
    else if (f->outer[0])
        fnq_note(ctx, "%s: is below the root %s and indexed with it.", f->path, f->outer);
    else if (ctx->o.dry_run)
        fnq_note(ctx, "%s: would be watched.", f->path);
    else
        fnq_note(ctx, "%s: %s.", f->path, when);
}

static int add_one(struct fnq_ctx *ctx, const char *folder, struct fn_error *err)
{
    enum fnl_root_done done;
    struct fnl_root_facts f;
    char path[FN_PATH_MAX];
    int rc = fnl_root_path(folder, true, path, err);
    if (rc == -ENOENT)
        return fn_error_set(err, rc, "%s: no such folder. Check the name", folder);
    rc = rc ? rc : fnl_root_facts(ctx->lib, path, &f, err);
    rc = rc ? rc : fnl_root_add(ctx->lib, fnq_mode(ctx), path, &done, err);
    if (!rc)
        explain(ctx, &f, done);
    return rc;
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    int failed = 0, code = FN_EXIT_OK;
    if (argc == 0)
        return fnq_usage(ctx, "watch add: which folder?");
    for (int i = 0; i < argc; i++)
        if (add_one(ctx, argv[i], &err)) {
            code = fnq_fail(ctx, &err, "watch add", NULL);
            failed++;
        }
    return failed && failed < argc ? FN_EXIT_PARTLY : code;
}

FNQ_PLAIN_COMMAND(watch_add) = {
    .name = "watch add",
    .args = "DIR...",
    .group = FNQ_GROUP_RUNNING,
    .summary = "keep a folder indexed",
    .examples = "fnq watch add ~/Pictures\n",
    .run = fnq_run_watch_add,
    .operands = FNQ_COMPLETE_DIRS,
};
