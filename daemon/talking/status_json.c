/* SPDX-License-Identifier: MIT */
#include "daemon/talking/status_json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/jobs/jobs.h"
#include "daemon/talking/progress.h"
#include "daemon/watching/root_list.h"
#include "daemon/jobs/worker_pool.h"
#include "daemon/watching/inotify_events.h"
#include "engine/base/clock.h"
#include "engine/base/utf8.h"

static void set(json_t *o, const char *key, json_t *v)
{
    (void)json_object_set_new(o, key, v); /* a missing key is how being out of memory shows */
}

static json_t *whole(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *time_or_null(int64_t s)
{
    char text[FN_RFC3339_MAX];
    if (s <= 0)
        return json_null();
    fn_rfc3339(text, s, 0);
    return json_string(text);
}

static void set_path(json_t *o, const char *path)
{
    struct fn_buf b;
    size_t n = strlen(path);
    fn_buf_init(&b, 8 * FN_PATH_MAX);
    fn_utf8_sanitize(&b, path, n);
    set(o, "path", json_string(fn_buf_cstr(&b)));
    if (!fn_utf8_valid(path, n)) {
        fn_buf_reset(&b);
        fn_base64(&b, path, n);
        set(o, "path_b64", json_string(fn_buf_cstr(&b)));
    }
    fn_buf_finish(&b);
}

static json_t *daemon_json(const struct fnd *f)
{
    json_t *o = json_object();
    set(o, "running", json_true());
    set(o, "pid", whole((uint64_t)getpid()));
    set(o, "version", json_string(FN_VERSION));
    set(o, "uptime_s", whole((fn_clock_mono_ns() - f->started_ns) / 1000000000u));
    if (f->no_space)
        set(o, "paused", json_string("no disk space"));
    else if (f->paused && f->paused_until_s)
        set(o, "paused", time_or_null(f->paused_until_s));
    else
        set(o, "paused", f->paused ? json_string("until fnq resume") : json_null());
    set(o, "workers", whole(fnd_pool_size(f)));
    set(o, "busy", whole(fnd_pool_busy(f)));
    return o;
}

static json_t *root_json(const struct fnd *f, const struct fnd_root *r)
{
    json_t *o = json_object();
    set_path(o, r->rec.path);
    set(o, "mode", json_string(fnd_root_mode_name(r)));
    set(o, "reason", r->rec.reason[0] ? json_string(r->rec.reason) : json_null());
    set(o, "state", json_string(fnd_root_state_name(r)));
    set(o, "since", time_or_null(r->rec.state_since_s));
    set(o, "last_scan", time_or_null(r->rec.last_scan_s));
    set(o, "photos", whole(r->n_photos));
    set(o, "other_files", whole(r->rec.n_other));
    set(o, "folders", whole(fnd_watch_count(f, r->rec.id)));
    set(o, "polled_folders", whole(r->n_unwatched));
    set(o, "scanning", json_boolean(r->n_scans > 0));
    if (r->rec.mode == FN_WATCH_POLL || r->n_unwatched)
        set(o, "interval_s", whole(r->poll_s));
    return o;
}

static json_t *queue_json(struct fnd *f)
{
    json_t *o = json_object();
    uint64_t queued = fnd_dispatch_queued(f);
    struct fnd_eta e = fnd_progress_eta(f, queued);
    bool show = e.known && queued;
    set(o, "done", whole(f->n.done));
    set(o, "total", whole(f->n.done + queued));
    set(o, "rate_per_s", show ? json_real(e.rate_per_s) : json_null());
    set(o, "eta_s", show ? json_real(e.eta_s) : json_null());
    set(o, "eta_low_s", show ? json_real(e.low_s) : json_null());
    set(o, "eta_high_s", show ? json_real(e.high_s) : json_null());
    return o;
}

static json_t *model_json(struct fnd *f)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct fn_index_model m;
    char hex[FN_H128_HEX], name[32];
    if (fn_txn_begin(f->store, false, 0, &t, &err))
        return json_null();
    int rc = fn_index_model_get(t, &m, &err);
    fn_txn_abort(t);
    if (rc)
        return json_null();
    fn_h128_hex(&m.profile_id, hex);
    (void)snprintf(name, sizeof name, "fn-%.8s", hex);
    return json_string(name);
}

json_t *fnd_status_json(struct fnd *f)
{
    json_t *o = json_object(), *roots = json_array(), *people = json_object();
    set(o, "daemon", daemon_json(f));
    for (const struct fnd_root *r = f->roots; r; r = r->next)
        if (!r->removed)
            (void)json_array_append_new(roots, root_json(f, r));
    set(o, "roots", roots);
    set(o, "queue", queue_json(f));
    set(people, "named", whole(f->stats.named));
    set(people, "unnamed", whole(f->stats.unnamed));
    set(o, "people", people);
    set(o, "photos", whole(f->stats.photos));
    set(o, "faces", whole(f->stats.faces));
    set(o, "questions", json_null());
    set(o, "bad_files", whole(f->stats.bad));
    set(o, "model", model_json(f));
    set(o, "index_bytes", whole(fn_store_bytes(f->store)));
    return o;
}
