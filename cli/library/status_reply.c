/* SPDX-License-Identifier: MIT */
#include "cli/library/status_reply.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/base/utf8.h"

static uint64_t whole(const json_t *o, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(o, key));
    return n < 0 ? 0 : (uint64_t)n;
}

static double real_or_nan(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static void copy_text(const json_t *o, const char *key, char *out, size_t size)
{
    const char *s = json_string_value(json_object_get(o, key));
    (void)snprintf(out, size, "%s", s ? s : "");
}

/* "2026-11-30T17:15:02Z" */
static int64_t time_s(const json_t *o, const char *key)
{
    static const char after[] = "--T::Z";
    const char *s = json_string_value(json_object_get(o, key));
    long n[6];
    for (size_t i = 0; i < 6; i++) {
        char *end = NULL;
        n[i] = s ? strtol(s, &end, 10) : 0;
        if (!end || end == s || *end != after[i] || n[i] < 0 || n[i] > 9999)
            return 0;
        s = end + 1;
    }
    return fn_civil_to_unix((int)n[0], (int)n[1], (int)n[2], (int)n[3], (int)n[4], (int)n[5]);
}

struct fnl_root_status *fnl_status_add_root(struct fnl_status *s, const char *path)
{
    struct fnl_root_status *more =
        fn_array_grow(s->roots, &s->roots_cap, s->n_roots + 1, sizeof *more);
    if (!more)
        return NULL;
    s->roots = more;
    struct fnl_root_status r = {.path = strdup(path), .interval_s = (double)NAN};
    if (!r.path)
        return NULL;
    s->roots[s->n_roots] = r;
    return &s->roots[s->n_roots++];
}

/* Adds a root with the bytes of its path; paths that are not UTF-8 are in base 64. */
static struct fnl_root_status *add_root(struct fnl_status *s, const json_t *o)
{
    const char *path = json_string_value(json_object_get(o, "path")),
               *b64 = json_string_value(json_object_get(o, "path_b64"));
    struct fn_buf bytes;
    fn_buf_init(&bytes, FN_PATH_MAX);
    if (b64 && fn_base64_decode(&bytes, b64, strlen(b64)) == 0 && !fn_buf_failed(&bytes))
        path = fn_buf_cstr(&bytes);
    struct fnl_root_status *r = fnl_status_add_root(s, path ? path : "");
    fn_buf_finish(&bytes);
    return r;
}

static int read_root(struct fnl_status *s, const json_t *o)
{
    struct fnl_root_status *r = add_root(s, o);
    if (!r)
        return -ENOMEM;
    copy_text(o, "state", r->state, sizeof r->state);
    copy_text(o, "mode", r->mode, sizeof r->mode);
    copy_text(o, "reason", r->reason, sizeof r->reason);
    r->photos = whole(o, "photos");
    r->other_files = whole(o, "other_files");
    r->since_s = time_s(o, "since");
    r->last_scan_s = time_s(o, "last_scan");
    r->folders = whole(o, "folders");
    r->polled_folders = whole(o, "polled_folders");
    r->scanning = json_is_true(json_object_get(o, "scanning"));
    r->interval_s = real_or_nan(o, "interval_s");
    return 0;
}

static void read_daemon(struct fnl_daemon_status *d, const json_t *o)
{
    d->running = json_is_true(json_object_get(o, "running"));
    d->pid = whole(o, "pid");
    d->uptime_s = whole(o, "uptime_s");
    d->workers = whole(o, "workers");
    d->busy = whole(o, "busy");
    copy_text(o, "version", d->version, sizeof d->version);
    copy_text(o, "paused", d->paused, sizeof d->paused);
}

static void read_queue(struct fnl_status *s, const json_t *o)
{
    s->queue.done = whole(o, "done");
    s->queue.total = whole(o, "total");
    s->queue.rate_per_s = real_or_nan(o, "rate_per_s");
    s->queue.eta_s = real_or_nan(o, "eta_s");
    s->queue.low_s = real_or_nan(o, "eta_low_s");
    s->queue.high_s = real_or_nan(o, "eta_high_s");
}

int fnl_status_read(const json_t *reply, struct fnl_status *ret, struct fn_error *err)
{
    size_t i;
    const json_t *root, *people = json_object_get(reply, "people");
    int rc = 0;
    *ret = (struct fnl_status){.counted = json_object_get(reply, "photos") != NULL};
    read_daemon(&ret->daemon, json_object_get(reply, "daemon"));
    json_array_foreach(json_object_get(reply, "roots"), i, root)
    {
        rc = rc ? rc : read_root(ret, root);
    }
    read_queue(ret, json_object_get(reply, "queue"));
    ret->photos = whole(reply, "photos");
    ret->faces = whole(reply, "faces");
    ret->bad_files = whole(reply, "bad_files");
    ret->named = whole(people, "named");
    ret->unnamed = whole(people, "unnamed");
    ret->index_bytes = whole(reply, "index_bytes");
    copy_text(reply, "model", ret->model, sizeof ret->model);
    if (rc == 0)
        return 0;
    fnl_status_finish(ret);
    return fn_error_set(err, rc, "out of memory");
}

void fnl_status_finish(struct fnl_status *s)
{
    for (size_t i = 0; i < s->n_roots; i++)
        free(s->roots[i].path);
    free(s->roots);
    *s = (struct fnl_status){.counted = false};
}
