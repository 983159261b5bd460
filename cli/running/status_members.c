/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "cli/running/status_show.h"
#include "engine/base/clock.h"

static json_t *count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *time_json(int64_t s)
{
    char text[FN_RFC3339_MAX];
    if (s <= 0)
        return NULL;
    fn_rfc3339(text, s, 0);
    return json_string(text);
}

static json_t *daemon_json(const struct fnl_daemon_status *d)
{
    json_t *o = json_object();
    fnq_set(o, "running", json_boolean(d->running));
    fnq_set(o, "pid", d->running ? count(d->pid) : NULL);
    fnq_set(o, "version", fnq_json_text_or_null(d->version));
    fnq_set(o, "uptime_s", d->running ? count(d->uptime_s) : NULL);
    fnq_set(o, "paused", fnq_json_text_or_null(d->paused));
    if (d->running) {
        fnq_set(o, "workers", count(d->workers));
        fnq_set(o, "busy", count(d->busy));
    }
    return o;
}

static json_t *root_json(const struct fnl_root_status *r, bool running)
{
    json_t *o = json_object();
    fnq_set_path(o, r->path);
    fnq_set(o, "mode", json_string(r->mode));
    fnq_set(o, "reason", fnq_json_text_or_null(r->reason));
    fnq_set(o, "photos", count(r->photos));
    fnq_set(o, "state", json_string(r->state));
    fnq_set(o, "since", time_json(r->since_s));
    fnq_set(o, "last_scan", time_json(r->last_scan_s));
    fnq_set(o, "other_files", count(r->other_files));
    if (!running)
        return o;
    fnq_set(o, "folders", count(r->folders));
    fnq_set(o, "polled_folders", count(r->polled_folders));
    fnq_set(o, "scanning", json_boolean(r->scanning));
    if (isfinite(r->interval_s))
        fnq_set(o, "interval_s", count((uint64_t)r->interval_s));
    return o;
}

static json_t *queue_json(const struct fnl_status *s)
{
    json_t *o = json_object();
    fnq_set(o, "done", count(s->queue.done));
    fnq_set(o, "total", count(s->queue.total));
    fnq_set(o, "rate_per_s", fnq_json_real(s->queue.rate_per_s));
    fnq_set(o, "eta_s", fnq_json_real(s->queue.eta_s));
    fnq_set(o, "eta_low_s", fnq_json_real(s->queue.low_s));
    fnq_set(o, "eta_high_s", fnq_json_real(s->queue.high_s));
    return o;
}

static void set_counts(json_t *o, const struct fnl_status *s)
{
    if (!s->counted)
        return;
    json_t *people = json_object();
    fnq_set(people, "named", count(s->named));
    fnq_set(people, "unnamed", count(s->unnamed));
    fnq_set(o, "people", people);
    fnq_set(o, "photos", count(s->photos));
    fnq_set(o, "faces", count(s->faces));
}

static json_t *regroup_json(const struct fnl_status *s)
{
    json_t *o = json_object();
    fnq_set(o, "done", count(s->regroup_done));
    fnq_set(o, "total", count(s->regroup_total));
    return o;
}

static void set_places(json_t *o, const struct fn_places *p)
{
    fnq_set(o, "index", fnq_json_text_or_null(p ? p->index_dir : ""));
    fnq_set(o, "labels_log", fnq_json_text_or_null(p ? p->labels_log : ""));
}

json_t *fnq_status_json(const struct fnl_status *s)
{
    json_t *o = json_object(), *roots = json_array();
    fnq_set(o, "daemon", daemon_json(&s->daemon));
    for (size_t i = 0; i < s->n_roots; i++)
        if (json_array_append_new(roots, root_json(&s->roots[i], s->daemon.running)) < 0)
            abort();
    fnq_set(o, "roots", roots);
    fnq_set(o, "queue", queue_json(s));
    set_counts(o, s);
    fnq_set(o, "questions", NULL);
    if (s->counted)
        fnq_set(o, "bad_files", count(s->bad_files));
    fnq_set(o, "lost_labels", count(s->lost_labels));
    fnq_set(o, "kept_labels", count(s->kept_labels));
    fnq_set(o, "model", fnq_json_text_or_null(s->model));
    set_places(o, s->places);
    fnq_set(o, "index_bytes", count(s->index_bytes));
    fnq_set(o, "unsettled", count(s->pending));
    fnq_set(o, "unsettled_since", time_json(s->pending_since_s));
    fnq_set(o, "regroup", s->regroup ? regroup_json(s) : NULL);
    return o;
}
