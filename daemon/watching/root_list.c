/* SPDX-License-Identifier: MIT */
/* The list of roots, what a scan's result means for them, and when they are looked at next. */
#include "daemon/watching/root_list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/writing/index_writes.h"
#include "daemon/watching/root_scan.h"
#include "daemon/watching/inotify_events.h"
#include "engine/base/clock.h"

enum {
    BRAKE_FILES = 20,  /* fewer are never held */
    AWAY_RETRY_S = 30, /* a drive that comes back is seen by then */
    POLL_MAX_S = 6 * 3600,
    LOST_WINDOW_S = 600, /* deletions by events within this time count together */
};

static const uint64_t second_ns = 1000000000u;

const char *fnd_root_state_name(const struct fnd_root *r)
{
    return r->rec.state == FN_ROOT_AWAY   ? "away"
           : r->rec.state == FN_ROOT_HELD ? "held"
                                          : "online";
}

const char *fnd_root_mode_name(const struct fnd_root *r)
{
    if (r->rec.state == FN_ROOT_AWAY)
        return "none";
    return r->rec.mode == FN_WATCH_POLL ? "poll" : "inotify";
}

struct fnd_root *fnd_root_by_id(struct fnd *f, fn_root_id id)
{
    for (struct fnd_root *r = f->roots; r; r = r->next)
        if (r->rec.id == id && !r->removed)
            return r;
    return NULL;
}

struct fnd_root *fnd_root_of_path(struct fnd *f, const char *path)
{
    for (struct fnd_root *r = f->roots; r; r = r->next)
        if (!r->removed && (strcmp(r->rec.path, "/") == 0 || fnd_is_below(r->rec.path, path)))
            return r;
    return NULL;
}

/* ---- adding and removing ---- */

static struct fnd_root *append(struct fnd *f, const struct fn_root *rec, struct fn_error *err)
{
    struct fnd_root *r = calloc(1, sizeof *r), **at = &f->roots;
    if (!r) {
        (void)fn_error_set(err, -ENOMEM, "out of memory");
        return NULL;
    }
    r->rec = *rec;
    r->poll_s = f->cfg->poll_interval_s;
    if (fnd_reader_create(f, rec->path, &r->reader, err)) {
        free(r);
        return NULL;
    }
    while (*at)
        at = &(*at)->next;
    *at = r;
    return r;
}

static int start_known(const struct fn_root *rec, void *ctx)
{
    struct fnd *f = ctx;
    struct fn_error err;
    if (!rec->removed && !append(f, rec, &err))
        fn_log(FN_LOG_ERROR, "%s: %s, skipping this root", rec->path, err.text);
    return 0;
}

/* Absolute and without links, so that one folder has one name. Roots we know are not touched:
 * their drive may hang. */
static int resolve(struct fnd *f, const char *dir, char out[FN_PATH_MAX], struct fn_error *err)
{
    char path[FN_PATH_MAX];
    struct stat st;
    int rc = fn_path_expand(path, sizeof path, dir);
    if (rc)
        return fn_error_set(err, rc, "%s: %s", dir, fn_strerror(rc));
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    for (const struct fnd_root *k = f->roots; k; k = k->next)
        if (!k->removed && strcmp(k->rec.path, path) == 0) {
            (void)snprintf(out, FN_PATH_MAX, "%s", path);
            return 0;
        }
    char *real = realpath(path, NULL);
    if (!real)
        return fn_error_set(err, -errno, "%s: %s. Check the name", path,
                            errno == ENOENT ? "no such folder" : fn_strerror(-errno));
    rc = 0;
    if (strlen(real) >= FN_PATH_MAX)
        rc = fn_error_set(err, -ENAMETOOLONG, "%s: the name is too long", path);
    else if (stat(real, &st) || !S_ISDIR(st.st_mode))
        rc = fn_error_set(err, -ENOTDIR, "%s: not a folder. Name the folder it lies in", path);
    else
        (void)snprintf(out, FN_PATH_MAX, "%s", real);
    free(real);
    return rc;
}

int fnd_root_add(struct fnd *f, const char *dir, struct fn_error *err)
{
    struct fn_root rec = {.mode = FN_WATCH_INOTIFY, .state_since_s = fn_clock_wall_s()};
    int rc = resolve(f, dir, rec.path, err);
    if (rc)
        return rc;
    struct fnd_root *outer = fnd_root_of_path(f, rec.path);
    if (outer) {
        const char *rel = rec.path + strlen(outer->rec.path);
        if (*rel)
            fn_log(FN_LOG_INFO, "%s: lies in the root %s and is covered by it", rec.path,
                   outer->rec.path);
        if (outer->rec.id)
            fnd_root_scan(f, outer, rel + (*rel == '/'), false);
        return 0;
    }
    for (const struct fnd_root *k = f->roots; k; k = k->next)
        if (!k->removed && (strcmp(rec.path, "/") == 0 || fnd_is_below(rec.path, k->rec.path)))
            return fn_error_set(
                err, FN_EREFUSED,
                "%s: contains %s, which is indexed as a folder of its own. Take "
                "that out first: fnq watch remove %s",
                rec.path, k->rec.path, k->rec.path);
    struct fnd_root *new = append(f, &rec, err);
    if (!new)
        return err ? err->code : -ENOMEM;
    fnd_op_root_put(f, new);
    return 0;
}

int fnd_root_remove(struct fnd *f, const char *dir, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = resolve(f, dir, path, err);
    if (rc)
        return rc;
    for (struct fnd_root *k = f->roots; k; k = k->next) {
        if (k->removed || strcmp(k->rec.path, path) != 0)
            continue;
        k->removed = true;
        fnd_reader_stop(k->reader);
        fnd_watch_drop(f, k->rec.id, "");
        fnd_op_root_delete(f, k);
        return 0;
    }
    return fn_error_set(err, FN_ENOTFOUND, "%s: not one of the watched folders", path);
}

int fnd_roots_start(struct fnd *f, struct fn_error *err)
{
    struct fn_txn *t = NULL;
    int rc = fn_txn_begin(f->store, false, 0, &t, err);
    if (rc)
        return rc;
    rc = fn_root_each(t, start_known, f);
    fn_txn_abort(t);
    if (rc)
        return fn_error_set(err, rc, "%s: the roots cannot be read: %s", f->index_dir,
                            fn_strerror(rc));
    fnd_roots_scan_all(f);
    for (size_t i = 0; i < f->cfg->root.n; i++)
        if (fnd_root_add(f, f->cfg->root.items[i], err))
            fn_log(FN_LOG_WARN, "%s, skipping this root", err->text);
    for (size_t i = 0; i < f->opt.n_dirs; i++) {
        rc = fnd_root_add(f, f->opt.dirs[i], err);
        if (rc)
            return rc;
    }
    return 0;
}

/* ---- scans ---- */

void fnd_root_scan(struct fnd *f, struct fnd_root *r, const char *rel, bool accept)
{
    if (r->removed || !r->rec.id || f->stopping)
        return;
    if (!*rel && r->full_scan_waits && !accept)
        return; /* one that has not begun sees everything */
    struct fnd_scan *s = fnd_scan_create(f, r, rel, accept);
    if (!s) {
        fn_log(FN_LOG_ERROR, "%s: out of memory, not scanned", r->rec.path);
        return;
    }
    r->n_scans++;
    r->full_scan_waits = r->full_scan_waits || !*rel;
    fnd_reader_submit(r->reader, &s->task, true);
}

void fnd_roots_scan_all(struct fnd *f)
{
    for (struct fnd_root *r = f->roots; r; r = r->next)
        fnd_root_scan(f, r, "", false);
}

static void set_state(struct fnd *f, struct fnd_root *r, uint8_t state, const char *reason)
{
    bool same = r->rec.state == state && strcmp(r->rec.reason, reason) == 0;
    if (r->rec.state != state) {
        r->rec.state_since_s = fn_clock_wall_s();
        if (state == FN_ROOT_AWAY)
            fn_log(FN_LOG_WARN,
                   "%s: away (%s): kept, nothing removed. When it is really meant: fnq scan "
                   "--accept %s",
                   r->rec.path, reason, r->rec.path);
        else if (state == FN_ROOT_HELD)
            fn_log(FN_LOG_WARN,
                   "%s: %s; nothing removed. When it is really meant: fnq scan --accept %s",
                   r->rec.path, reason, r->rec.path);
        else
            fn_log(FN_LOG_INFO, "%s: back again", r->rec.path);
    }
    r->rec.state = state;
    (void)snprintf(r->rec.reason, sizeof r->rec.reason, "%s", reason);
    if (!same)
        fnd_op_root_put(f, r);
}

static void plan_next(struct fnd *f, struct fnd_root *r)
{
    uint64_t s = f->cfg->full_rescan_s;
    if (r->rec.state == FN_ROOT_AWAY)
        s = AWAY_RETRY_S;
    else if (r->rec.state == FN_ROOT_HELD || r->rec.mode == FN_WATCH_POLL || r->n_unwatched)
        s = r->poll_s;
    r->next_scan_ns = fn_clock_mono_ns() + s * second_ns;
}

/* A polled root at which nothing happens is looked at less and less often. */
static void stretch(struct fnd *f, struct fnd_root *r, bool changed)
{
    uint64_t least = f->cfg->poll_interval_s, most = least > POLL_MAX_S ? least : POLL_MAX_S;
    r->poll_s = changed ? least : r->poll_s + r->poll_s / 2;
    r->poll_s = r->poll_s > most ? most : r->poll_s < least ? least : r->poll_s;
}

static bool over_brake(const struct fnd *f, uint64_t lost, uint64_t known)
{
    return lost > BRAKE_FILES && (double)lost > f->cfg->vanish_brake * (double)known;
}

/* The scan saw the whole of a root that is itself. */
static void judge_losses(struct fnd *f, struct fnd_root *r, struct fnd_scan *s)
{
    char text[64];
    if (s->accept) {
        set_state(f, r, FN_ROOT_ONLINE, s->reason);
    } else if (s->n_files == 0 && s->n_known > 0) {
        set_state(f, r, FN_ROOT_AWAY, "empty");
        return;
    } else if (over_brake(f, s->n_orphans, s->n_known)) {
        if (s->n_new >
            0) { /* perhaps they were only moved: known when the new ones are hashed */
            r->recheck = true;
            set_state(f, r, FN_ROOT_ONLINE, s->reason);
            return;
        }
        (void)snprintf(text, sizeof text, "%" PRIu64 " of %" PRIu64 " photos are gone",
                       s->n_orphans, s->n_known);
        set_state(f, r, FN_ROOT_HELD, text);
        return;
    } else {
        set_state(f, r, FN_ROOT_ONLINE, s->reason);
    }
    if (s->lost.n && !s->lost.failed)
        fnd_op_forget(f, r, &s->lost);
}

static void scanned_all(struct fnd *f, struct fnd_root *r, struct fnd_scan *s)
{
    bool changed = s->n_new || s->lost.n;
    r->rec.fsid = s->fsid;
    r->rec.inode = s->inode;
    r->rec.mode = (uint8_t)s->mode;
    r->rec.n_other = s->n_other;
    r->rec.last_scan_s = fn_clock_wall_s();
    r->n_photos = s->n_known;
    r->n_unwatched = s->n_unwatched;
    r->lost_recently = 0;
    r->recheck = false;
    stretch(f, r, changed);
    judge_losses(f, r, s);
    fnd_op_root_put(f, r);
    fn_log(FN_LOG_DEBUG,
           "%s: scanned folders=%" PRIu64 " files=%" PRIu64 " new=%" PRIu64 " gone=%" PRIu64
           " other=%" PRIu64,
           r->rec.path, s->n_dirs, s->n_files, s->n_new, (uint64_t)s->lost.n, s->n_other);
}

void fnd_root_scanned(struct fnd *f, struct fnd_scan *s)
{
    struct fnd_root *r = s->root;
    r->n_scans--;
    if (!*s->rel)
        r->full_scan_waits = false;
    if (r->removed || s->end == FND_SCAN_STOPPED)
        return;
    if (s->end != FND_SCAN_DONE) {
        set_state(f, r, FN_ROOT_AWAY, s->reason);
        fnd_watch_drop(f, r->rec.id, "");
    } else if (!*s->rel) {
        scanned_all(f, r, s);
    } else {
        r->n_unwatched += s->n_unwatched;
        fnd_root_lost(f, r, &s->lost);
    }
    if (r->n_unwatched)
        fnd_watch_warn(f);
    plan_next(f, r);
}

void fnd_root_lost(struct fnd *f, struct fnd_root *r, struct fnd_names *lost)
{
    uint64_t now = fn_clock_mono_ns();
    if (!lost->n || lost->failed || r->rec.state != FN_ROOT_ONLINE)
        return;
    if (now - r->lost_since_ns > LOST_WINDOW_S * second_ns) {
        r->lost_since_ns = now;
        r->lost_recently = 0;
    }
    uint64_t known = r->n_photos + r->lost_recently;
    r->lost_recently += lost->n;
    /* All of it, or much of it at a time: a look at the whole root decides. */
    if (lost->n >= r->n_photos || over_brake(f, r->lost_recently, known))
        fnd_root_scan(f, r, "", false);
    else
        fnd_op_forget(f, r, lost);
}

void fnd_roots_tick(struct fnd *f, uint64_t now_ns)
{
    for (struct fnd_root *r = f->roots; r; r = r->next)
        if (!r->removed && r->next_scan_ns && now_ns >= r->next_scan_ns && !r->n_scans) {
            r->next_scan_ns = 0;
            fnd_root_scan(f, r, "", false);
        }
}

bool fnd_roots_idle(const struct fnd *f)
{
    for (const struct fnd_root *r = f->roots; r; r = r->next)
        if (!r->removed && (r->n_scans || !r->rec.id))
            return false;
    return true;
}

bool fnd_roots_recheck(struct fnd *f)
{
    bool begun = false;
    for (struct fnd_root *r = f->roots; r; r = r->next)
        if (r->recheck && !r->removed && !r->n_scans) {
            r->recheck = false;
            fnd_root_scan(f, r, "", false);
            begun = true;
        }
    return begun;
}

/* ---- the end ---- */

void fnd_roots_stop(struct fnd *f)
{
    for (struct fnd_root *r = f->roots; r; r = r->next)
        fnd_reader_stop(r->reader);
}

bool fnd_roots_join(struct fnd *f, unsigned wait_ms)
{
    bool all = true;
    uint64_t end = fn_clock_mono_ns() + (uint64_t)wait_ms * 1000000u;
    for (struct fnd_root *r = f->roots; r; r = r->next) {
        uint64_t now = fn_clock_mono_ns();
        unsigned left = end > now ? (unsigned)((end - now) / 1000000u) : 0;
        if (fnd_reader_join(r->reader, left))
            r->reader = NULL;
        else
            all = false;
    }
    return all;
}

void fnd_roots_free(struct fnd *f)
{
    while (f->roots) {
        struct fnd_root *r = f->roots;
        f->roots = r->next;
        free(r);
    }
}
