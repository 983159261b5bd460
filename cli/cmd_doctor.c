/* SPDX-License-Identifier: MIT */
/* fnq doctor: the index checks itself (index/doctor/doctor.h), then what lies around it: space,
 * watches, models, the daemon. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "cli/library/daemon_client.h"
#include "cli/old_commands.h"
#include "engine/model/profile.h"
#include "index/doctor/doctor.h"
#include "index/ingest/update.h"
#include "index/protocol.h"
#include "index/records/counts.h"

enum { REPAIR_WAIT_MS = 5000 }; /* for another process's transaction */

const struct fn_opt fnq_options_doctor[] = {
    {"deep", 0, FN_OPT_FLAG, FNQ_AT(deep), NULL, "also recompute people and every checksum"},
    {"repair", 0, FN_OPT_FLAG, FNQ_AT(repair), NULL, "first count photos and paths again"},
    FNQ_OPT_END,
};

struct report {
    struct fnq_ctx *ctx;
    int worst;
};

static void finding(enum fn_finding_level level, const char *sentence, void *arg)
{
    static const char *const word[] = {"ok", "warn", "fail"};
    static const enum fnq_style style[] = {FNQ_GREEN, FNQ_YELLOW, FNQ_RED};
    struct report *r = arg;
    struct fnq_out *o = &r->ctx->out;
    r->worst = (int)level > r->worst ? (int)level : r->worst;
    if (fnq_out_is_json(o)) {
        fnq_json_item(
            o, json_pack("{s:s,s:o}", "level", word[level], "text", fnq_json_bytes(sentence)));
        return;
    }
    fnq_style(o, style[level]);
    fnq_text(o, o->tty ? "%-4s" : "%s", word[level]);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, o->tty ? "  " : "\t");
    fnq_text_safe(o, sentence);
    fnq_text(o, "\n");
}

FN_PRINTF(3, 4)
static void say(struct report *r, enum fn_finding_level level, const char *fmt, ...)
{
    char text[FN_PATH_MAX + 256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    finding(level, text, r);
}

static void check_space(struct report *r, const struct fn_config *c)
{
    struct statvfs v;
    const struct fnl_places *places = NULL;
    if (fnl_places_get(r->ctx->lib, &places, NULL) || statvfs(places->index_dir, &v) < 0)
        return;
    uint64_t bytes = (uint64_t)v.f_bavail * v.f_frsize;
    double gib = (double)bytes / (1 << 30);
    if (bytes < c->min_free_bytes)
        say(r, FN_FIND_FAIL,
            "the disk of the index has %.1f GB free: indexing waits below %.1f GB. Free space",
            gib, (double)c->min_free_bytes / (1 << 30));
    else
        say(r, FN_FIND_OK, "the disk of the index has %.1f GB free", gib);
}

static uint64_t number_in(const char *path)
{
    char line[64] = "";
    FILE *f = fopen(path, "re");
    if (f && !fgets(line, sizeof line, f))
        line[0] = '\0';
    if (f)
        (void)fclose(f);
    return strtoull(line, NULL, 10);
}

static void check_watches(struct report *r)
{
    uint64_t most = number_in("/proc/sys/fs/inotify/max_user_watches");
    if (most && most < 8192)
        say(r, FN_FIND_WARN,
            "only %llu inotify watches are allowed; folders beyond that are polled. More: sudo "
            "sysctl "
            "fs.inotify.max_user_watches=65536",
            (unsigned long long)most);
    else if (most)
        say(r, FN_FIND_OK, "%llu inotify watches are allowed", (unsigned long long)most);
}

static void check_models(struct report *r, const struct fn_config *c)
{
    struct fn_profile_values v;
    struct fn_error err = {0};
    const char *dir = fn_config_models_dir(c, r->ctx->o.models);
    if (fn_profile_read_values(dir, c->profile, &v, &err))
        say(r, FN_FIND_FAIL, "models: %s. Make them: fnq model import packages DIR", err.text);
    else
        say(r, FN_FIND_OK, "profile '%s' is installed (detector %s, embedder %s)", v.name,
            v.detector, v.embedder);
}

static void check_daemon(struct report *r)
{
    struct fn_error err = {0};
    json_t *s = NULL;
    if (r->ctx->o.no_daemon)
        return;
    if (fnl_ask(r->ctx->lib, FN_CMD_STATUS, NULL, &s, &err) == 0)
        say(r, FN_FIND_OK, "facenetd answers");
    else if (err.code == -ECONNREFUSED)
        say(r, FN_FIND_OK, "facenetd is not running");
    else
        say(r, FN_FIND_WARN, "facenetd: %s", err.text);
    json_decref(s);
}

/* What can be made anew from the records while others read and write. */
static int repair(struct fnq_ctx *ctx, struct fn_error *err)
{
    struct fn_store *store = NULL;
    struct fn_txn *t = NULL;
    int rc = fnl_store_open(ctx->lib, FN_STORE_WRITE, &store, err);
    if (rc)
        return rc;
    do { /* again when the map had to grow */
        rc = fn_txn_begin(store, true, REPAIR_WAIT_MS, &t, err);
        if (rc)
            return rc;
        rc = fn_counts_repair(t, err);
        if (rc)
            fn_txn_abort(t);
        else
            rc = fn_index_commit(t, err);
    } while (rc == -EAGAIN);
    return rc;
}

int fnq_run_doctor(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    const struct fn_config *c = NULL;
    struct report r = {.ctx = ctx};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "doctor takes no operands.");
    int code = fnq_config(ctx, &c, &err);
    struct fn_store *store = NULL;
    const struct fnl_places *places = NULL;
    if (!code && ctx->o.repair)
        code = repair(ctx, &err);
    code = code ? code : fnl_store_open(ctx->lib, FN_STORE_READ, &store, &err);
    code = code ? code : fnl_places_get(ctx->lib, &places, &err);
    if (code)
        return fnq_fail(ctx, &err, NULL, NULL);
    fnq_json_begin(&ctx->out, "fnq.doctor/1", "checks", "fnq.check/1");
    int level = fn_doctor_run(store, places->labels_log, ctx->o.deep, finding, &r, &err);
    if (level < 0)
        say(&r, FN_FIND_FAIL, "%s", err.text);
    check_models(&r, c);
    check_space(&r, c);
    check_watches(&r);
    check_daemon(&r);
    fnq_json_end(&ctx->out, json_pack("{s:b}", "healthy", r.worst < FN_FIND_FAIL));
    return r.worst >= FN_FIND_FAIL ? FNQ_NO : FNQ_OK;
}
