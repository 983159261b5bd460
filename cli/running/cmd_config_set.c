/* SPDX-License-Identifier: MIT */
/* fnq config set. */
#include <errno.h>
#include <string.h>

#include "cli/library/config_settings.h"
#include "cli/library/daemon_requests.h"
#include "cli/program/command.h"

struct options {
    bool force;
};
static const struct fn_opt table[] = {
    OPT_FLAG(force, "force", 0, "accept a folder or profile that does not exist yet"),
    OPT_END,
};

/* Can --force help? */
static bool may_come(int rc)
{
    return rc == -ENOENT || rc == FN_EMODEL || rc == -EACCES;
}

static int check(struct fnq_ctx *ctx, const struct options *o, char **argv,
                 char value[FN_PATH_MAX], struct fn_error *err)
{
    int rc = fnl_config_check(ctx->lib, argv[0], argv[1], value, err);
    if (rc == FN_ENOTFOUND && strcmp(argv[0], "models.profile") == 0)
        rc = err->code = FN_EMODEL;
    return rc && o->force && may_come(rc) ? 0 : rc;
}

static const char *todo(int rc, const char *key)
{
    if (!may_come(rc))
        return rc == FN_ENOTFOUND ? "List the keys: fnq config list" : NULL;
    return strcmp(key, "models.profile") == 0
               ? "To set it anyway: --force"
               : "Check the name, or create the folder. To set it anyway: --force";
}

/* The list of roots is one setting: a new value replaces all of them. */
static void note_roots(struct fnq_ctx *ctx, const char *key, size_t n)
{
    if (n > 1 && strcmp(key, "library.root") == 0)
        fnq_note(ctx,
                 "library.root had %zu folders and has this one now. To add a folder instead: "
                 "fnq watch add DIR",
                 n);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0}, ignored;
    const struct fn_config *cfg = NULL;
    char path[FN_PATH_MAX], value[FN_PATH_MAX];
    if (argc != 2)
        return fnq_usage(ctx, "config set: a key and a value.");
    size_t n_roots = fnl_config(ctx->lib, &cfg, &ignored) ? 0 : cfg->root.n;
    int rc = check(ctx, o, argv, value, &err);
    if (rc)
        return fnq_fail(ctx, &err, "config set", todo(rc, argv[0]));
    rc = fnl_config_path(ctx->lib, path, sizeof path, &err);
    rc = rc ? rc : fnl_config_change(ctx->lib, fnq_mode(ctx), argv[0], value, &err);
    if (rc)
        return fnq_fail(ctx, &err, "config set", NULL);
    note_roots(ctx, argv[0], n_roots);
    if (ctx->o.dry_run)
        fnq_note(ctx, "%s: would be changed", path);
    else if (fnl_daemon_reload(ctx->lib, &ignored) == 0)
        fnq_note(ctx, "%s: changed, and read again by facenetd", path);
    else
        fnq_note(ctx, "%s: changed", path);
    return FN_EXIT_OK;
}

FNQ_COMMAND(config_set) = {
    .name = "config set",
    .args = "KEY VALUE",
    .group = FNQ_GROUP_SETTINGS,
    .summary = "change a setting",
    .examples = "fnq config set people.min_photos 5\n",
    FNQ_TYPED(config_set, table),
    .operands = FNQ_COMPLETE_SETTINGS,
};
