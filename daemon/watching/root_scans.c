/* SPDX-License-Identifier: MIT */
/* Scans of a root, started one after the other on its reader, and the handling of their
 * results. The decision is in root_verdict.c. */
#include "daemon/watching/watching_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/watching/inotify_usage.h"
#include "daemon/watching/root_scan.h"
#include "daemon/watching/root_verdict.h"
#include "daemon/watching/scan_plan.h"
#include "daemon/watching/watch_advice.h"
#include "daemon/writing/index_writes.h"
#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/base/shell_word.h"

enum {
    LOST_WINDOW_S = 600, /* deletions by events within this time are counted together */
    STIR_S =
        2, /* a root that is away or held is scanned this long after the last event in it, */
    STIR_MAX_S = 60, /* or this long after the first */
};

static const uint64_t second_ns = 1000000000u;

static void changed(struct fnd_watching *w)
{
    w->with.calls->changed(w->with.owner);
}

static const struct fn_config *config_of(const struct fnd_root *r)
{
    return r->w->with.settings->cfg;
}

/* ---- writing ---- */

static void on_stored(void *owner, fn_root_id id)
{
    struct fnd_root *r = owner;
    if (!id) {
        r->removed = r->removed || r->rec.id == 0;
    } else if (r->rec.id == 0) {
        r->rec.id = id;
        r->wants_scan = true;
    }
    changed(r->w);
}

void fnd_root_store(struct fnd_root *r)
{
    fnd_write_root(r->w->with.writer, &r->rec, on_stored, r);
}

static void on_forgotten(void *owner, fn_root_id id, uint64_t n)
{
    struct fnd_watching *w = owner;
    struct fnd_root *r = fnd_root_by_id(w, id);
    w->n_gone += n;
    if (r)
        r->n_paths -= r->n_paths < n ? r->n_paths : n;
    changed(w);
}

static void forget(struct fnd_root *r, struct fnd_names *lost)
{
    fnd_write_forget(r->w->with.writer, r->rec.id, lost, on_forgotten, r->w);
}

/* ---- the state ---- */

/* there: there is a folder, empty or another one. */
static void say_away(const struct fnd_root *r, const char *reason, bool there)
{
    const char *path = r->rec.path;
    if (strcmp(reason, FND_NO_PERMISSION) == 0)
        fn_log(FN_LOG_WARN,
               "%s: no permission to read it. It is indexed when user %s may read it; nothing "
               "is removed",
               path, fnd_user_name());
    else if (!r->n_paths && !r->rec.last_scan_s)
        fn_log(FN_LOG_WARN, "%s: %s. It is indexed when it is there", path, reason);
    else
        fn_log(FN_LOG_WARN,
               "%s: away (%s): nothing is removed until it is back. To %s: fnq %s %s", path,
               reason, there ? "accept the loss" : "forget its photos",
               there ? "scan --accept" : "watch remove", FN_SHELL(path));
}

static void say_state(const struct fnd_root *r, const char *reason, bool there)
{
    const char *path = r->rec.path;
    if (r->rec.state == FN_ROOT_AWAY)
        say_away(r, reason, there);
    else if (r->rec.state == FN_ROOT_HELD)
        fn_log(FN_LOG_WARN,
               "%s: %s; nothing is removed. To accept the loss: %sfnq scan --accept %s", path,
               reason, r->w->with.settings->once ? "start facenetd, then " : "",
               FN_SHELL(path));
    else
        fn_log(FN_LOG_INFO, "%s: back again", path);
}

static void set_state(struct fnd_root *r, uint8_t state, const char *reason, bool there)
{
    bool same = r->rec.state == state && strcmp(r->rec.reason, reason) == 0;
    bool turned = r->rec.state != state;
    if (turned)
        r->rec.state_since_s = fn_clock_wall_s();
    r->rec.state = state;
    if (turned || (state != FN_ROOT_ONLINE && !r->said))
        say_state(r, reason, there);
    r->said = true;
    (void)snprintf(r->rec.reason, sizeof r->rec.reason, "%s", reason);
    if (!same)
        fnd_root_store(r);
}

void fnd_root_stir(struct fnd_root *r)
{
    uint64_t now = fn_clock_mono_ns();
    if (r->rec.state == FN_ROOT_ONLINE)
        return;
    r->stirred_ns = r->stirred_ns ? r->stirred_ns : now;
    uint64_t quiet = now + STIR_S * second_ns, latest = r->stirred_ns + STIR_MAX_S * second_ns;
    r->next_scan_ns = quiet < latest ? quiet : latest;
}

static void plan_next(struct fnd_root *r)
{
    uint64_t s = fnd_next_scan_s(r->rec.state, r->rec.mode == FN_WATCH_POLL || r->n_unwatched,
                                 r->poll_s, config_of(r)->full_rescan_s);
    r->next_scan_ns = fn_clock_mono_ns() + s * second_ns;
    if (r->stirred_ns) /* during the scan */
        fnd_root_stir(r);
}

/* ---- results of a scan ---- */

static void follow(struct fnd_root *r, enum fnd_verdict verdict, struct fnd_scan *s)
{
    char text[64];
    bool there = s->place != FND_PLACE_MISSING;
    switch (verdict) {
    case FND_VERDICT_AWAY:
        set_state(r, FN_ROOT_AWAY, s->place == FND_PLACE_SAME ? "empty" : s->reason, there);
        return;
    case FND_VERDICT_HELD:
        (void)snprintf(text, sizeof text, "%" PRIu64 " of %" PRIu64 " photos are gone",
                       s->n_orphans, s->n_known);
        set_state(r, FN_ROOT_HELD, text, there);
        return;
    case FND_VERDICT_UNDECIDED:
        r->recheck = true;
        set_state(r, FN_ROOT_ONLINE, s->reason, there);
        return;
    case FND_VERDICT_LOST:
        set_state(r, FN_ROOT_ONLINE, s->reason, there);
        if (!s->lost.failed)
            forget(r, &s->lost);
        return;
    case FND_VERDICT_ONLINE:
        set_state(r, FN_ROOT_ONLINE, s->reason, there);
        return;
    }
}

static enum fnd_verdict verdict_of(const struct fnd_root *r, const struct fnd_scan *s)
{
    struct fnd_root_look look = {.place = s->place,
                                 .accept = s->accept,
                                 .n_files = s->n_files,
                                 .n_new = s->n_new,
                                 .n_known = s->n_known,
                                 .n_lost = s->lost.n,
                                 .n_orphans = s->n_orphans,
                                 .brake = config_of(r)->vanish_brake};
    return fnd_root_verdict(&look);
}

static void scanned_all(struct fnd_root *r, struct fnd_scan *s)
{
    uint64_t n_lost = s->lost.n;
    r->rec.fsid = s->fsid;
    r->rec.inode = s->inode;
    r->rec.mode = (uint8_t)s->mode;
    r->rec.n_other = s->n_other;
    r->rec.last_scan_s = fn_clock_wall_s();
    r->n_paths = s->n_known;
    r->n_unwatched = s->n_unwatched;
    r->lost_recently = 0;
    r->recheck = false;
    r->poll_s = fnd_next_poll_s(r->poll_s, config_of(r)->poll_interval_s, s->n_new || n_lost);
    follow(r, verdict_of(r, s), s);
    fnd_root_store(r);
    fn_log(FN_LOG_DEBUG,
           "%s: scanned folders=%" PRIu64 " files=%" PRIu64 " new=%" PRIu64 " gone=%" PRIu64
           " other=%" PRIu64,
           r->rec.path, s->n_dirs, s->n_files, s->n_new, n_lost, s->n_other);
}

/* Logs once that folders are polled, and what to do. */
static void warn_unwatched(struct fnd_watching *w)
{
    struct fnd_watch_shortage s = {.code = fnd_watches_refusal(w->watches),
                                   .configured = w->with.settings->cfg->max_watches};
    char advice[256];
    if (w->warned || fnd_watches_fd(w->watches) < 0)
        return; /* without inotify: logged at the start */
    for (const struct fnd_root *r = w->roots; r; r = r->next) {
        s.missing += r->n_unwatched;
        s.own += fnd_watches_count(w->watches, r->rec.id);
    }
    fnd_inotify_usage(&s.limit, &s.used);
    fnd_watch_advice(&s, advice, sizeof advice);
    if (!advice[0])
        return; /* the folders may not be read, which is logged */
    w->warned = true;
    fn_log(FN_LOG_WARN, "%" PRIu64 " %s polled every %" PRIu64 " min instead of watched: %s",
           s.missing, s.missing == 1 ? "folder is" : "folders are",
           (w->with.settings->cfg->poll_interval_s + 59) / 60, advice);
}

static void scanned(struct fnd_root *r, struct fnd_scan *s)
{
    r->n_scans--;
    if (!*s->rel)
        r->full_scan_waits = false;
    if (r->removed || !s->done)
        return;
    r->mark = s->mark;
    if (s->place != FND_PLACE_SAME) {
        follow(r, verdict_of(r, s), s);
        fnd_watches_drop(r->w->watches, r->rec.id, "");
    } else if (!*s->rel) {
        scanned_all(r, s);
    } else {
        r->n_unwatched += s->n_unwatched;
        fnd_root_lost(r, &s->lost);
    }
    if (r->n_unwatched)
        warn_unwatched(r->w);
    plan_next(r);
}

static void on_scanned(struct fnd_msg *m)
{
    struct fnd_scan *s = (struct fnd_scan *)m;
    struct fnd_watching *w = s->root->w;
    scanned(s->root, s);
    fnd_scan_destroy(s);
    changed(w);
}

/* ---- requesting a scan ---- */

void fnd_root_scan(struct fnd_root *r, const char *rel, bool accept)
{
    if (r->removed || !r->rec.id || r->w->quitting)
        return;
    if (!*rel && r->full_scan_waits && !accept)
        return; /* a full scan that has not started will see everything */
    struct fnd_scan *s = fnd_scan_create(r, rel, accept, on_scanned);
    if (!s) {
        fn_log(FN_LOG_ERROR, "%s: out of memory, not scanned", r->rec.path);
        return;
    }
    r->n_scans++;
    if (!*rel)
        r->stirred_ns = 0;
    r->full_scan_waits = r->full_scan_waits || !*rel;
    fnd_reader_submit(r->reader, &s->task, true);
}

void fnd_roots_scan_all(struct fnd_watching *w)
{
    for (struct fnd_root *r = w->roots; r; r = r->next)
        fnd_root_scan(r, "", false);
}

void fnd_root_lost(struct fnd_root *r, struct fnd_names *lost)
{
    uint64_t now = fn_clock_mono_ns();
    if (!lost->n || lost->failed || r->rec.state != FN_ROOT_ONLINE)
        return;
    if (now - r->lost_since_ns > LOST_WINDOW_S * second_ns) {
        r->lost_since_ns = now;
        r->lost_recently = 0;
    }
    bool many =
        fnd_losses_want_scan(lost->n, r->n_paths, r->lost_recently, config_of(r)->vanish_brake);
    r->lost_recently += lost->n;
    if (many)
        fnd_root_scan(r, "", false);
    else
        forget(r, lost);
}
