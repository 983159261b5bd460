/* SPDX-License-Identifier: MIT */
#include "daemon/talking/status_json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/utf8.h"
#include "engine/base/paths.h"

static void set(json_t *o, const char *key, json_t *v)
{
    (void)json_object_set_new(o, key, v); /* when out of memory, the key is missing */
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

static json_t *daemon_json(const struct fnd_status *s)
{
    json_t *o = json_object();
    set(o, "running", json_true());
    set(o, "pid", whole((uint64_t)getpid()));
    set(o, "version", json_string(FN_VERSION));
    set(o, "uptime_s", whole(s->uptime_s));
    if (s->no_space)
        set(o, "paused", json_string("no disk space"));
    else if (s->paused && s->paused_until_s)
        set(o, "paused", time_or_null(s->paused_until_s));
    else
        set(o, "paused", s->paused ? json_string("until fnq resume") : json_null());
    set(o, "workers", whole(s->workers));
    set(o, "busy", whole(s->busy));
    return o;
}

json_t *fnd_root_json(const struct fnd_root_status *r, struct fn_txn *t)
{
    json_t *o = json_object();
    uint64_t n = 0;
    set_path(o, r->path);
    set(o, "mode", json_string(r->mode));
    set(o, "reason", r->reason[0] ? json_string(r->reason) : json_null());
    set(o, "state", json_string(r->state));
    set(o, "since", time_or_null(r->state_since_s));
    set(o, "last_scan", time_or_null(r->last_scan_s));
    if (fn_counts_root(t, r->id, &n) == 0)
        set(o, "photos", whole(n));
    set(o, "other_files", whole(r->n_other));
    set(o, "folders", whole(r->n_folders));
    set(o, "polled_folders", whole(r->n_unwatched));
    set(o, "scanning", json_boolean(r->scanning));
    if (r->polled)
        set(o, "interval_s", whole(r->interval_s));
    return o;
}

static json_t *queue_json(const struct fnd_status *s)
{
    json_t *o = json_object();
    const struct fnd_eta *e = &s->eta;
    bool show = e->known && s->queued;
    set(o, "done", whole(s->done));
    set(o, "total", whole(s->done + s->queued));
    set(o, "rate_per_s", show ? json_real(e->rate_per_s) : json_null());
    set(o, "eta_s", show ? json_real(e->eta_s) : json_null());
    set(o, "eta_low_s", show ? json_real(e->low_s) : json_null());
    set(o, "eta_high_s", show ? json_real(e->high_s) : json_null());
    return o;
}

static json_t *model_json(struct fn_txn *t)
{
    struct fn_error err;
    struct fn_index_model m;
    char hex[FN_H128_HEX], name[32];
    if (fn_index_model_get(t, &m, &err))
        return json_null();
    fn_h128_hex(&m.profile_id, hex);
    (void)snprintf(name, sizeof name, "fn-%.8s", hex);
    return json_string(name);
}

static void set_counts(json_t *o, const struct fnd_status *s)
{
    struct fn_index_counts c;
    json_t *people = json_object();
    if (fn_index_counts(s->t, s->min_photos, &c)) {
        json_decref(people);
        return; /* a damaged index; fnq doctor reports where */
    }
    set(people, "named", whole(c.named));
    set(people, "unnamed", whole(c.unnamed));
    set(o, "people", people);
    set(o, "photos", whole(c.of.photos));
    set(o, "faces", whole(c.of.faces));
    set(o, "bad_files", whole(c.of.bad));
}

json_t *fnd_status_json(const struct fnd_status *s, json_t *roots)
{
    json_t *o = json_object();
    set(o, "daemon", daemon_json(s));
    set(o, "roots", roots);
    set(o, "queue", queue_json(s));
    set_counts(o, s);
    set(o, "questions", json_null());
    set(o, "model", model_json(s->t));
    set(o, "index_bytes", whole(fn_store_bytes(fn_txn_store(s->t))));
    return o;
}
