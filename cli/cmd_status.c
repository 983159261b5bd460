/* SPDX-License-Identifier: MIT */
/* fnq status: what facenetd does now, and what the index holds. The daemon answers over its
 * socket in the words of fnq.status/1; without one the same object is made from the index
 * alone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/daemon_client.h"
#include "cli/old_commands.h"
#include "cli/library/facts.h"
#include "engine/base/clock.h"
#include "index/ingest/ingest.h"
#include "index/people/index_counts.h"
#include "index/protocol.h"

const struct fn_opt fnq_options_status[] = {
    {"watch", 'w', FN_OPT_FLAG, FNQ_AT(watch), NULL,
     "keep showing it; with --jsonl a line per change"},
    FNQ_OPT_END,
};

struct roots {
    struct fn_txn *t;
    json_t *a;
};

static json_t *time_json(int64_t s)
{
    char text[FN_RFC3339_MAX];
    if (s <= 0)
        return json_null();
    fn_rfc3339(text, s, 0);
    return json_string(text);
}

static int add_root(const struct fn_root *r, void *arg)
{
    static const char *const modes[] = {"auto", "inotify", "poll"};
    static const char *const states[] = {"online", "away", "held"};
    struct roots *c = arg;
    uint64_t paths = 0;
    int rc = r->removed ? 0 : fn_counts_root(c->t, r->id, &paths);
    if (rc || r->removed)
        return rc;
    json_t *o = json_object();
    fnq_set_path(o, r->path);
    fnq_set(o, "mode", json_string(r->mode < 3 ? modes[r->mode] : "none"));
    fnq_set(o, "reason", fnq_json_text_or_null(r->reason));
    fnq_set(o, "photos", json_integer((json_int_t)paths));
    fnq_set(o, "state", json_string(r->state < 3 ? states[r->state] : "unknown"));
    fnq_set(o, "since", time_json(r->state_since_s));
    fnq_set(o, "last_scan", time_json(r->last_scan_s));
    fnq_set(o, "other_files", json_integer((json_int_t)r->n_other));
    if (json_array_append_new(c->a, o) < 0)
        return -ENOMEM;
    return 0;
}

/* fnq.status/1 out of the index alone. */
static int index_status(struct fnq_ctx *ctx, json_t **ret, struct fn_error *err)
{
    const struct fn_config *config = NULL;
    struct fn_index_model model;
    char hex[FN_H128_HEX], name[32] = "";
    struct fn_index_counts c = {.named = 0};
    int rc = fnq_config(ctx, &config, err);
    rc = rc ? rc : fnq_read_begin(ctx, err);
    if (rc)
        return rc;
    struct roots roots = {.t = fnl_txn(ctx->lib), .a = json_array()};
    rc = fn_index_counts(fnl_txn(ctx->lib), config->min_photos, &c);
    rc = rc ? rc : fn_root_each(fnl_txn(ctx->lib), add_root, &roots);
    if (fn_index_model_get(fnl_txn(ctx->lib), &model, NULL) == 0) {
        fn_h128_hex(&model.profile_id, hex);
        (void)snprintf(name, sizeof name, "fn-%.8s", hex);
    }
    struct fn_store *store = NULL;
    uint64_t bytes =
        fnl_store_open(ctx->lib, FN_STORE_READ, &store, NULL) ? 0 : fn_store_bytes(store);
    fnq_read_end(ctx);
    if (rc) {
        json_decref(roots.a);
        return fn_error_set(err, rc, "the index cannot be read: %s", fn_strerror(rc));
    }
    *ret = json_pack("{s:{s:b,s:n,s:n,s:n,s:n},s:o,s:{s:I,s:I,s:n,s:n,s:n,s:n}}", "daemon",
                     "running", 0, "pid", "version", "uptime_s", "paused", "roots", roots.a,
                     "queue", "done", (json_int_t)0, "total", (json_int_t)c.of.queued,
                     "rate_per_s", "eta_s", "eta_low_s", "eta_high_s");
    if (!*ret)
        return fn_error_set(err, -ENOMEM, "out of memory");
    fnq_set(
        *ret, "people",
        json_pack("{s:I,s:I}", "named", (json_int_t)c.named, "unnamed", (json_int_t)c.unnamed));
    fnq_set(*ret, "photos", json_integer((json_int_t)c.of.photos));
    fnq_set(*ret, "faces", json_integer((json_int_t)c.of.faces));
    fnq_set(*ret, "questions", json_null());
    fnq_set(*ret, "bad_files", json_integer((json_int_t)c.of.bad));
    fnq_set(*ret, "model", fnq_json_text_or_null(name));
    fnq_set(*ret, "index_bytes", json_integer((json_int_t)bytes));
    return 0;
}

/* What only the protocol needs. */
static void strip(json_t *o)
{
    static const char *const keys[] = {"v", "id", "ok", "event", "schema"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        (void)json_object_del(o, keys[i]);
}

/* How far people are behind: that the index itself knows best. */
static int add_waiting(struct fnq_ctx *ctx, json_t *o, struct fn_error *err)
{
    struct fn_people_wait w;
    int rc = fnq_read_begin(ctx, err);
    if (rc)
        return rc;
    rc = fn_people_waiting(fnl_txn(ctx->lib), &w);
    fnq_read_end(ctx);
    if (rc)
        return fn_error_set(err, rc, "the index cannot be read: %s", fn_strerror(rc));
    fnq_set(o, "unsettled", json_integer((json_int_t)w.faces));
    fnq_set(o, "unsettled_since", time_json(w.since_s));
    fnq_set(o, "regroup",
            w.regroup ? json_pack("{s:I,s:I}", "done", (json_int_t)w.done, "total",
                                  (json_int_t)w.total)
                      : json_null());
    return 0;
}

static int status_object(struct fnq_ctx *ctx, json_t **ret, struct fn_error *err)
{
    int rc = fnl_ask(ctx->lib, FN_CMD_STATUS, NULL, ret, err);
    if (rc == 0)
        strip(*ret);
    else
        rc = index_status(ctx, ret, err);
    return rc ? rc : add_waiting(ctx, *ret, err);
}

/* ---- text ---- */

static json_int_t whole(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static const char *words(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static void span(char *out, size_t size, double s)
{
    long m = (long)(s / 60 + .5);
    if (s < 60)
        (void)snprintf(out, size, "%.0f s", s);
    else if (m < 60)
        (void)snprintf(out, size, "%ld min", m);
    else if (m < 48 * 60)
        (void)snprintf(out, size, "%ld h %ld min", m / 60, m % 60);
    else
        (void)snprintf(out, size, "%ld d %ld h", m / (24 * 60), m / 60 % 24);
}

static void put_number(struct fnq_out *o, json_int_t n, const char *unit)
{
    char text[32];
    fnq_thousands(text, sizeof text, n < 0 ? 0 : (uint64_t)n);
    fnq_text(o, "%s%s", text, unit);
}

static void text_daemon(struct fnq_out *o, const json_t *s)
{
    const json_t *d = json_object_get(s, "daemon");
    char up[64];
    if (json_is_true(json_object_get(d, "running"))) {
        span(up, sizeof up, json_number_value(json_object_get(d, "uptime_s")));
        fnq_text(o, "facenetd %s  running %s (pid %lld)", words(d, "version"), up,
                 (long long)whole(d, "pid"));
        const json_t *paused = json_object_get(d, "paused");
        if (paused && !json_is_null(paused) && !json_is_false(paused)) {
            fnq_style(o, FNQ_YELLOW);
            fnq_text(o, "  paused%s%s", json_is_string(paused) ? ": " : "",
                     json_is_string(paused) ? json_string_value(paused) : "");
            fnq_style(o, FNQ_PLAIN);
        }
    } else {
        fnq_text(o, "facenetd is not running");
    }
    fnq_text(o, "   model %s   index %.0f MB\n", words(s, "model"),
             (double)whole(s, "index_bytes") / 1e6);
}

static void text_root(struct fnq_out *o, const json_t *r)
{
    const char *state = words(r, "state"), *reason = words(r, "reason"),
               *mode = words(r, "mode");
    char since[24];
    (void)snprintf(since, sizeof since, "%.10s", words(r, "since"));
    fnq_text(o, "  ");
    fnq_text_safe(o, words(r, "path"));
    fnq_text(o, "   ");
    put_number(o, whole(r, "photos"), " photos   ");
    if (strcmp(state, "away") == 0)
        fnq_text(o, "away since %s: kept, nothing removed", since);
    else if (strcmp(state, "held") == 0)
        fnq_text(o, "a scan lost most of its files: kept until you say fnq scan --accept");
    else if (strcmp(mode, "poll") == 0) {
        double interval = json_number_value(json_object_get(r, "interval_s"));
        char every[64] = "";
        span(every, sizeof every, interval);
        fnq_text(o, "polling%s%s%s%s%s", interval > 0 ? " every " : "",
                 interval > 0 ? every : "", reason[0] ? " (" : "", reason,
                 reason[0] ? ")" : "");
    } else {
        json_int_t folders = whole(r, "folders");
        fnq_text(o, "watching");
        if (folders) {
            fnq_text(o, " ");
            put_number(o, folders, " folders");
        }
    }
    fnq_text(o, "\n");
}

static void text_queue(struct fnq_out *o, const json_t *s)
{
    const json_t *q = json_object_get(s, "queue");
    char eta[64], low[64], high[64];
    json_int_t done = whole(q, "done"), total = whole(q, "total");
    if (total <= done && total == 0)
        return;
    if (total <= done) {
        fnq_text(o, "everything is indexed (");
        put_number(o, done, " done)\n");
        return;
    }
    fnq_text(o, json_is_true(json_object_get(json_object_get(s, "daemon"), "running"))
                    ? "indexing "
                    : "waiting: ");
    put_number(o, done, " of ");
    put_number(o, total, "");
    double rate = json_number_value(json_object_get(q, "rate_per_s"));
    if (rate > 0)
        fnq_text(o, "   %.1f photos/s", rate);
    if (json_is_number(json_object_get(q, "eta_s"))) {
        span(eta, sizeof eta, json_number_value(json_object_get(q, "eta_s")));
        fnq_text(o, "   about %s", eta);
    }
    if (json_is_number(json_object_get(q, "eta_low_s"))) {
        span(low, sizeof low, json_number_value(json_object_get(q, "eta_low_s")));
        span(high, sizeof high, json_number_value(json_object_get(q, "eta_high_s")));
        fnq_text(o, " (%s – %s)", low, high);
    }
    fnq_text(o, "\n");
}

static void text_waiting(struct fnq_out *o, const json_t *s)
{
    const json_t *regroup = json_object_get(s, "regroup");
    json_int_t n = whole(s, "unsettled");
    if (n) {
        put_number(o, n, n == 1 ? " face waits" : " faces wait");
        fnq_text(o, " for people to be settled, since %.19s UTC\n",
                 words(s, "unsettled_since"));
    }
    if (json_is_object(regroup)) {
        fnq_text(o, "all faces are grouped anew: ");
        put_number(o, whole(regroup, "done"), " of ");
        put_number(o, whole(regroup, "total"), "\n");
    }
}

static void text_status(struct fnq_out *o, const json_t *s)
{
    size_t i;
    const json_t *root, *people = json_object_get(s, "people");
    text_daemon(o, s);
    json_array_foreach(json_object_get(s, "roots"), i, root) text_root(o, root);
    text_queue(o, s);
    if (json_object_get(s, "photos")) {
        put_number(o, whole(s, "photos"), " photos, ");
        put_number(o, whole(s, "faces"), " faces   ");
    }
    fnq_text(o, "people %lld named, %lld unnamed   bad files %lld%s\n",
             (long long)whole(people, "named"), (long long)whole(people, "unnamed"),
             (long long)whole(s, "bad_files"),
             whole(s, "bad_files") ? " (fnq files --bad)" : "");
    text_waiting(o, s);
}

static void print_status(struct fnq_ctx *ctx, json_t *s)
{
    if (fnq_out_is_json(&ctx->out))
        fnq_json_one(&ctx->out, "fnq.status/1", json_incref(s));
    else
        text_status(&ctx->out, s);
}

static void redraw(struct fnq_ctx *ctx, json_t *s)
{
    if (ctx->out.format == FNQ_TEXT)
        fn_buf_str(&ctx->out.buf, "\033[H\033[J");
    print_status(ctx, s);
    fnq_out_flush(&ctx->out);
}

/* Events of the daemon, each a whole status. */
static int follow(struct fnq_ctx *ctx, struct fn_error *err)
{
    struct fnl_client c = {.fd = -1};
    json_t *s = NULL;
    int rc = fnl_client_open(ctx->lib, &c, err);
    rc = rc ? rc
            : fnl_client_send(&c,
                              json_pack("{s:i,s:i,s:s}", "v", FN_PROTOCOL_VERSION, "id", 1,
                                        "cmd", FN_CMD_SUBSCRIBE),
                              err);
    while (!rc && !ctx->out.failed && (rc = fnl_client_receive(&c, -1, &s, err)) == 0) {
        if (json_object_get(s, "queue") || json_object_get(s, "daemon")) {
            strip(s);
            rc = add_waiting(ctx, s, err);
            if (!rc)
                redraw(ctx, s);
        }
        json_decref(s);
    }
    fnl_client_close(&c);
    return rc;
}

/* Without a daemon only another fnq changes the index: looking once a second is enough. */
static int look_again(struct fnq_ctx *ctx, struct fn_error *err)
{
    uint64_t seen = UINT64_MAX;
    for (;;) {
        json_t *s = NULL;
        int rc = follow(ctx, err);
        if (ctx->out.failed)
            return 0;
        struct fn_store *store = NULL;
        rc = fnl_store_open(ctx->lib, FN_STORE_READ, &store, err);
        if (rc)
            return rc;
        if (fn_store_txn_id(store) != seen) {
            rc = index_status(ctx, &s, err);
            rc = rc ? rc : add_waiting(ctx, s, err);
            if (rc)
                return rc;
            redraw(ctx, s);
            json_decref(s);
            seen = fn_store_txn_id(store);
        }
        if (ctx->out.failed)
            return 0;
        (void)sleep(1);
    }
}

int fnq_run_status(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    json_t *s = NULL;
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "status takes no operands.");
    int rc = ctx->o.watch ? look_again(ctx, &err) : status_object(ctx, &s, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    if (s)
        print_status(ctx, s);
    json_decref(s);
    return FNQ_OK;
}
