/* SPDX-License-Identifier: MIT */
/* fnq watch list, add, remove; scan, pause, resume: what the daemon is told. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/library/daemon_client.h"
#include "cli/old_commands.h"
#include "cli/library/act.h"
#include "cli/program/no_daemon.h"
#include "engine/base/clock.h"
#include "index/records/photos.h"
#include "index/protocol.h"

const struct fn_opt fnq_options_scan[] = {
    {"accept", 0, FN_OPT_FLAG, FNQ_AT(accept), NULL,
     "believe a scan that lost most of its files"},
    FNQ_OPT_END,
};
const struct fn_opt fnq_options_pause[] = {
    {"until", 0, FN_OPT_STRING, FNQ_AT(until), "TIME",
     "go on at this time (18:00), or after it has passed (90m, 2h)"},
    FNQ_OPT_END,
};

struct listing {
    struct fnq_ctx *ctx;
    struct fnq_table table;
};

static int print_root(const struct fn_root *r, void *arg)
{
    static const char *const states[] = {"online", "away", "held"};
    static const char *const modes[] = {"auto", "inotify", "poll"};
    struct listing *l = arg;
    const char *state = r->state < 3 ? states[r->state] : "unknown",
               *mode = r->mode < 3 ? modes[r->mode] : "auto";
    if (r->removed)
        return 0;
    json_t *o = json_object();
    fnq_set_path(o, r->path);
    fnq_set(o, "state", json_string(state));
    fnq_set(o, "mode", json_string(mode));
    fnq_set(o, "reason", fnq_json_text_or_null(r->reason));
    fnq_json_item(&l->ctx->out, o);
    fnq_cell(&l->table, r->path);
    fnq_cell(&l->table, state);
    fnq_cell(&l->table, mode);
    fnq_cell(&l->table, r->reason);
    fnq_row_end(&l->table);
    return 0;
}

int fnq_run_watch_list(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct fnq_column columns[] = {
        {"PATH", false, 0}, {"STATE", false, 0}, {"MODE", false, 0}, {"NOTE", false, FNQ_DIM}};
    struct fn_error err = {0};
    struct listing l = {.ctx = ctx};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "watch list takes no operands.");
    int rc = fnq_read_begin(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_table_begin(&l.table, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.watch/1", "roots", "fnq.root/1");
    rc = fn_root_each(fnl_txn(ctx->lib), print_root, &l);
    fnq_json_end(&ctx->out, NULL);
    fnq_table_end(&l.table);
    fnq_read_end(ctx);
    return rc ? fnq_fail(ctx, &(struct fn_error){.code = rc}, "watch list", NULL) : FNQ_OK;
}

/* ---- add, remove: by the daemon when there is one, else in the index, where the next daemon
 * finds it ---- */

struct rooting {
    char path[PATH_MAX];
    bool add, found;
};

static int change_root(struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct rooting *w = arg;
    struct fn_root root;
    int rc = fn_root_by_path(t, w->path, &root);
    w->found = rc == 0 && !root.removed;
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "%s: %s", w->path, fn_strerror(rc));
    if (!w->add)
        return w->found ? fn_root_delete(t, root.id, err)
                        : fn_error_set(err, FN_ENOTFOUND, "%s is not watched", w->path);
    if (w->found)
        return 0;
    if (rc)
        root = (struct fn_root){.state = FN_ROOT_ONLINE, .mode = FN_WATCH_AUTO};
    root.removed = false;
    root.state_since_s = fn_clock_wall_s();
    (void)snprintf(root.path, sizeof root.path, "%s", w->path);
    return fn_root_put(t, &root, err);
}

static int absolute(const struct fnq_ctx *ctx, const char *what, bool must_exist,
                    char out[PATH_MAX], struct fn_error *err)
{
    struct stat st;
    (void)ctx;
    if (!realpath(what, out)) {
        int r = -errno;
        if (must_exist || what[0] != '/' || strlen(what) >= PATH_MAX)
            return fn_error_set(err, r, "%s: %s", what, fn_strerror(r));
        (void)snprintf(out, PATH_MAX, "%s", what); /* a drive that is away can be removed too */
        return 0;
    }
    if (must_exist && (stat(out, &st) < 0 || !S_ISDIR(st.st_mode)))
        return fn_error_set(err, -ENOTDIR, "%s: not a folder", what);
    return 0;
}

static int one_root(struct fnq_ctx *ctx, const char *what, bool add, struct fn_error *err)
{
    struct rooting w = {.add = add};
    int rc = absolute(ctx, what, add, w.path, err);
    if (rc)
        return rc;
    json_t *fields = json_object();
    fnq_set_path(fields, w.path);
    if (!ctx->o.dry_run) {
        rc = fnl_ask(ctx->lib, add ? FN_CMD_WATCH_ADD : FN_CMD_WATCH_REMOVE, fields, NULL, err);
    } else {
        json_decref(fields);
        rc = -ECONNREFUSED;
    }
    if (rc == -ECONNREFUSED) {
        rc = add ? fnl_store_open(ctx->lib, FN_STORE_WRITE | FN_STORE_CREATE, NULL, err) : 0;
        rc = rc ? rc : fnl_write(ctx->lib, fnq_mode(ctx), change_root, &w, err);
        if (!rc && add && !ctx->o.dry_run)
            fnq_note(ctx, "facenetd is not running; it looks at this folder when it starts.");
    }
    return rc;
}

static int roots(struct fnq_ctx *ctx, int argc, char **argv, bool add)
{
    struct fn_error err = {0};
    int failed = 0, code = FNQ_OK;
    if (argc == 0)
        return fnq_usage(ctx, "watch %s: which folder?", add ? "add" : "remove");
    for (int i = 0; i < argc; i++) {
        if (one_root(ctx, argv[i], add, &err) == 0)
            continue;
        code = fnq_fail(ctx, &err, add ? "watch add" : "watch remove", NULL);
        failed++;
    }
    return failed && failed < argc ? FNQ_PARTLY : code;
}

int fnq_run_watch_add(struct fnq_ctx *ctx, int argc, char **argv)
{
    return roots(ctx, argc, argv, true);
}

int fnq_run_watch_remove(struct fnq_ctx *ctx, int argc, char **argv)
{
    return roots(ctx, argc, argv, false);
}

/* ---- scan, pause, resume ---- */

static int tell(struct fnq_ctx *ctx, const char *cmd, json_t *fields, const char *done)
{
    struct fn_error err = {0};
    json_t *answer = NULL;
    if (fnl_ask(ctx->lib, cmd, fields, &answer, &err))
        return fnq_no_daemon(ctx, &err, "Start it: facenetd");
    const char *text = json_string_value(json_object_get(answer, "text"));
    if (fnq_out_is_json(&ctx->out))
        fnq_json_one(&ctx->out, "fnq.done/1", json_pack("{s:s}", "text", text ? text : done));
    else if (!ctx->o.quiet) {
        fnq_text_safe(&ctx->out, text ? text : done);
        fnq_text(&ctx->out, "\n");
    }
    json_decref(answer);
    return FNQ_OK;
}

int fnq_run_scan(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[PATH_MAX];
    json_t *fields = json_pack("{s:b}", "accept", ctx->o.accept);
    if (argc > 1) {
        json_decref(fields);
        return fnq_usage(ctx, "scan: one path at a time.");
    }
    if (argc == 1) {
        if (absolute(ctx, argv[0], false, path, &err)) {
            json_decref(fields);
            return fnq_fail(ctx, &err, "scan", NULL);
        }
        fnq_set_path(fields, path);
    }
    return tell(ctx, FN_CMD_SCAN, fields, "scanning");
}

/* "18:00": the next time it is that late here; "90m", "2h", "30s": that long from now. 0 when
 * it is neither. */
static int64_t parse_until(const char *s, int64_t now)
{
    char *end;
    long v = strtol(s, &end, 10);
    if (end == s || v < 0)
        return 0;
    if (*end == ':') {
        char *rest;
        long minute = strtol(end + 1, &rest, 10);
        if (*rest || rest == end + 1 || v > 23 || minute < 0 || minute > 59)
            return 0;
        time_t t = (time_t)now;
        struct tm tm;
        if (!localtime_r(&t, &tm))
            return 0;
        tm.tm_hour = (int)v;
        tm.tm_min = (int)minute;
        tm.tm_sec = 0;
        tm.tm_isdst = -1;
        time_t at = mktime(&tm);
        if (at <= t) {
            tm.tm_mday++;
            tm.tm_isdst = -1;
            at = mktime(&tm);
        }
        return (int64_t)at;
    }
    int64_t unit = *end == 's'   ? 1
                   : *end == 'm' ? 60
                   : *end == 'h' ? 3600
                   : *end == 'd' ? 86400
                                 : 0;
    return unit && !end[1] && v > 0 && v < 100000 ? now + v * unit : 0;
}

int fnq_run_pause(struct fnq_ctx *ctx, int argc, char **argv)
{
    char done[64] = "paused until fnq resume";
    int64_t until = 0;
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "pause takes no operands.");
    if (ctx->o.until) {
        until = parse_until(ctx->o.until, fn_clock_wall_s());
        if (!until)
            return fnq_usage(
                ctx, "pause: --until '%s' is neither a time (18:00) nor a span (90m, 2h).",
                ctx->o.until);
        time_t t = (time_t)until;
        struct tm tm;
        if (localtime_r(&t, &tm))
            (void)snprintf(done, sizeof done, "paused until %02d:%02d", tm.tm_hour, tm.tm_min);
    }
    json_t *fields = json_object();
    if (until)
        fnq_set(fields, "until", json_integer((json_int_t)until));
    return tell(ctx, FN_CMD_PAUSE, fields, done);
}

int fnq_run_resume(struct fnq_ctx *ctx, int argc, char **argv)
{
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "resume takes no operands.");
    return tell(ctx, FN_CMD_RESUME, NULL, "resumed");
}
