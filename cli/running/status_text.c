/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/running/status_show.h"
#include "engine/base/clock.h"
#include "engine/base/numbers.h"

static void put_number(struct fnq_out *o, uint64_t n, const char *unit)
{
    char text[32];
    fnq_thousands(text, sizeof text, n);
    fnq_text(o, "%s%s", text, unit);
}

static void put_daemon(struct fnq_out *o, const struct fnl_status *s)
{
    const struct fnl_daemon_status *d = &s->daemon;
    char up[64];
    if (d->running) {
        fn_span(up, sizeof up, (double)d->uptime_s);
        fnq_text(o, "facenetd %s  running %s (pid %llu)", d->version, up,
                 (unsigned long long)d->pid);
    } else {
        fnq_text(o, "facenetd is not running");
    }
    if (d->paused[0]) {
        fnq_style(o, FNQ_YELLOW);
        fnq_text(o, "  paused: %s", d->paused);
        fnq_style(o, FNQ_PLAIN);
    }
    fnq_text(o, "   model %s   index %.0f MB\n", s->model, (double)s->index_bytes / 1e6);
}

static void put_index(struct fnq_out *o, const struct fn_places *p)
{
    fnq_text(o, p->system ? "system index " : "index ");
    fnq_text_safe(o, p->index_dir);
    fnq_text(o, "\n");
}

static void put_polling(struct fnq_out *o, const struct fnl_root_status *r)
{
    char every[64];
    fnq_text(o, "polling");
    if (r->interval_s > 0) {
        fn_span(every, sizeof every, r->interval_s);
        fnq_text(o, " every %s", every);
    }
    if (r->reason[0])
        fnq_text(o, " (%s)", r->reason);
}

static void put_state(struct fnq_out *o, const struct fnl_root_status *r)
{
    char since[FN_RFC3339_MAX] = "";
    if (r->since_s > 0)
        fn_rfc3339(since, r->since_s, 0);
    if (strcmp(r->state, "away") == 0) {
        fnq_text(o, "away%s%.10s%s%s%s: nothing is removed", since[0] ? " since " : "", since,
                 r->reason[0] ? " (" : "", r->reason, r->reason[0] ? ")" : "");
    } else if (strcmp(r->state, "held") == 0) {
        fnq_text(
            o,
            "held: a scan found most files gone; nothing is removed until fnq scan --accept");
    } else if (strcmp(r->mode, "poll") == 0) {
        put_polling(o, r);
    } else {
        fnq_text(o, "watching");
        if (r->folders) {
            fnq_text(o, " ");
            put_number(o, r->folders, " folders");
        }
    }
}

static void put_root(struct fnq_out *o, const struct fnl_root_status *r)
{
    fnq_text(o, "  ");
    fnq_text_safe(o, r->path);
    fnq_text(o, "   ");
    put_number(o, r->photos, " photos   ");
    put_state(o, r);
    fnq_text(o, "\n");
}

static void put_eta(struct fnq_out *o, const struct fnl_status *s)
{
    char eta[64], low[64], high[64];
    if (s->queue.rate_per_s > 0)
        fnq_text(o, "   %.1f photos/s", s->queue.rate_per_s);
    if (isfinite(s->queue.eta_s)) {
        fn_span(eta, sizeof eta, s->queue.eta_s);
        fnq_text(o, "   about %s", eta);
    }
    if (isfinite(s->queue.low_s) && isfinite(s->queue.high_s)) {
        fn_span(low, sizeof low, s->queue.low_s);
        fn_span(high, sizeof high, s->queue.high_s);
        fnq_text(o, " (%s – %s)", low, high);
    }
}

static void put_queue(struct fnq_out *o, const struct fnl_status *s)
{
    uint64_t done = s->queue.done, total = s->queue.total;
    if (total == 0)
        return;
    if (total <= done) {
        fnq_text(o, "everything is indexed (");
        put_number(o, done, " done)\n");
        return;
    }
    fnq_text(o, s->daemon.running ? "indexing " : "waiting: ");
    put_number(o, done, " of ");
    put_number(o, total, "");
    put_eta(o, s);
    fnq_text(o, "\n");
}

static void put_counts(struct fnq_out *o, const struct fnl_status *s)
{
    if (s->counted) {
        put_number(o, s->photos, " photos, ");
        put_number(o, s->faces, " faces   ");
    }
    fnq_text(o, "people %llu named, %llu unnamed   bad files %llu%s\n",
             (unsigned long long)s->named, (unsigned long long)s->unnamed,
             (unsigned long long)s->bad_files, s->bad_files ? " (fnq files --bad)" : "");
}

/* Names that no face has now. */
static void put_labels(struct fnq_out *o, const struct fnl_status *s)
{
    if (s->lost_labels) {
        put_number(o, s->lost_labels,
                   s->lost_labels == 1 ? " confirmed name" : " confirmed names");
        fnq_text(o, " found no face in the edited photo (fnq labels lost)\n");
    }
    if (s->kept_labels) {
        put_number(o, s->kept_labels,
                   s->kept_labels == 1 ? " confirmed name" : " confirmed names");
        fnq_text(o, " of deleted photos %s kept (fnq labels lost)\n",
                 s->kept_labels == 1 ? "is" : "are");
    }
}

static void put_pending(struct fnq_out *o, const struct fnl_status *s)
{
    char since[FN_RFC3339_MAX] = "";
    if (s->pending) {
        if (s->pending_since_s > 0)
            fn_rfc3339(since, s->pending_since_s, 0);
        put_number(o, s->pending, s->pending == 1 ? " face is" : " faces are");
        fnq_text(o, " pending, since %.19s UTC\n", since);
    }
    if (s->regroup) {
        fnq_text(o, "all faces are being clustered from scratch: ");
        put_number(o, s->regroup_done, " of ");
        put_number(o, s->regroup_total, "\n");
    }
}

void fnq_status_text(struct fnq_out *o, const struct fnl_status *s)
{
    put_daemon(o, s);
    if (s->places)
        put_index(o, s->places);
    for (size_t i = 0; i < s->n_roots; i++)
        put_root(o, &s->roots[i]);
    put_queue(o, s);
    put_counts(o, s);
    put_labels(o, s);
    put_pending(o, s);
}
