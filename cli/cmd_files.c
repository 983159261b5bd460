/* SPDX-License-Identifier: MIT */
/* fnq files --bad, --missing. */
#include <stdio.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/library/facts.h"

const struct fn_opt fnq_options_files[] = {
    {"bad", 0, FN_OPT_FLAG, FNQ_AT(bad), NULL, "files that cannot be used, and why"},
    {"missing", 0, FN_OPT_FLAG, FNQ_AT(missing), NULL,
     "files on folders that are away, and photos without a file"},
    FNQ_OPT_END,
};

struct listing {
    struct fnq_ctx *ctx;
    struct fnq_table table;
    const struct fn_photo *photo;
    const char *state, *reason;
    size_t n, n_paths;
    bool only_away;
};

static void row(struct listing *l, const char *path)
{
    char hex[FN_H128_HEX];
    fnl_photo_hex(&l->photo->hash, hex, sizeof hex);
    l->n++;
    if (fnq_out_is_json(&l->ctx->out)) {
        json_t *o = json_object();
        if (path)
            fnq_set_path(o, path);
        else
            fnq_set(o, "path", json_null());
        fnq_set(o, "photo", json_string(hex));
        fnq_set(o, "state", json_string(l->state));
        fnq_set(o, "reason", fnq_json_text_or_null(l->reason));
        fnq_json_item(&l->ctx->out, o);
        return;
    }
    if (l->ctx->out.format == FNQ_TEXT)
        hex[FNL_PHOTO_SHORT] = '\0';
    fnq_cell(&l->table, path ? path : "(no file)");
    fnq_cell(&l->table, l->state);
    fnq_cell(&l->table, l->reason);
    fnq_cell(&l->table, hex);
    fnq_row_end(&l->table);
}

static int visit_path(const struct fn_path *p, void *arg)
{
    struct listing *l = arg;
    struct fn_root root;
    char full[FN_PATH_MAX];
    bool has = fn_root_get(fnl_txn(l->ctx->lib), p->root, &root) == 0;
    l->n_paths++;
    if (l->only_away && !(has && root.state == FN_ROOT_AWAY))
        return 0;
    if (l->only_away)
        l->reason = root.reason[0] ? root.reason : "its folder is away";
    row(l, has && fn_path_join(full, sizeof full, root.path, p->path) == 0 ? full : p->path);
    return 0;
}

static int visit_photo(const struct fn_photo *p, void *arg)
{
    struct listing *l = arg;
    const struct fnq_opts *o = &l->ctx->o;
    l->photo = p;
    l->n_paths = 0;
    l->only_away = false;
    if (p->state == FN_PHOTO_BAD && o->bad) {
        l->state = "bad";
        l->reason = p->reason;
        (void)fn_path_each_of_photo(fnl_txn(l->ctx->lib), p->id, visit_path, l);
    }
    if (!o->missing)
        return 0;
    if (p->state == FN_PHOTO_GONE) {
        l->state = "gone";
        l->reason = "no file with this content is left";
        row(l, NULL);
    } else {
        l->state = "away";
        l->only_away = true;
        (void)fn_path_each_of_photo(fnl_txn(l->ctx->lib), p->id, visit_path, l);
    }
    return 0;
}

int fnq_run_files(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct fnq_column columns[] = {{"PATH", false, 0},
                                                {"STATE", false, 0},
                                                {"REASON", false, FNQ_YELLOW},
                                                {"PHOTO", false, FNQ_DIM}};
    struct fn_error err = {0};
    struct listing l = {.ctx = ctx};
    (void)argv;
    if (argc || (!ctx->o.bad && !ctx->o.missing))
        return fnq_usage(ctx, "files: --bad or --missing (or both).");
    int rc = fnq_read_begin(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_table_begin(&l.table, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.files/1", "files", "fnq.file/1");
    rc = fn_photo_each(fnl_txn(ctx->lib), visit_photo, &l);
    json_t *more = json_object();
    fnq_set(more, "total", json_integer((json_int_t)l.n));
    fnq_json_end(&ctx->out, more);
    fnq_table_end(&l.table);
    fnq_read_end(ctx);
    return rc ? fnq_fail(ctx, &(struct fn_error){.code = rc}, "files", NULL) : FNQ_OK;
}
