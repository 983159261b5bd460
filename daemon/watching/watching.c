/* SPDX-License-Identifier: MIT */
/* The interface of the part. */
#include "daemon/watching/watching.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/watching/folder_watches.h"
#include "daemon/watching/watching_priv.h"
#include "engine/base/clock.h"
#include "engine/base/shell_word.h"

int fnd_watching_create(const struct fnd_watching_setup *setup, struct fnd_watching **ret,
                        struct fn_error *err)
{
    struct fnd_watching *w = calloc(1, sizeof *w);
    if (!w)
        return fn_error_set(err, -ENOMEM, "out of memory");
    w->with = *setup;
    w->mounts_fd = -1;
    int rc = fnd_quiet_create(&w->quiet, err);
    if (!rc)
        rc = fnd_inotify_start(w, err);
    if (!rc && !setup->settings->once)
        fnd_mounts_start(w);
    *ret = w; /* even on failure: the loop may have its handle */
    return rc;
}

/* ---- the clock ---- */

void fnd_watching_tick(struct fnd_watching *w, uint64_t now_ns)
{
    fnd_inotify_tick(w, now_ns);
    fnd_quiet_tick(w, now_ns);
    fnd_mounts_tick(w);
    fnd_away_tick(w, now_ns);
    for (struct fnd_root *r = w->roots; r; r = r->next)
        if (!r->removed && r->next_scan_ns && now_ns >= r->next_scan_ns && !r->n_scans) {
            r->next_scan_ns = 0;
            fnd_root_scan(r, "", false);
        }
}

void fnd_watching_turn(struct fnd_watching *w)
{
    for (struct fnd_root *r = w->roots; r; r = r->next)
        if (r->wants_scan) {
            r->wants_scan = false;
            fnd_root_scan(r, "", false);
        }
}

/* ---- requests ---- */

int fnd_watching_scan(struct fnd_watching *w, const char *path, bool accept,
                      struct fn_error *err)
{
    if (!path) {
        for (struct fnd_root *r = w->roots; r; r = r->next)
            fnd_root_scan(r, "", accept);
        return 0;
    }
    struct fnd_root *r = fnd_root_of_path(w, path);
    if (!r)
        return fn_error_set(err, FN_ENOTFOUND,
                            "%s: not in a watched folder. Add it: fnq watch add %s", path,
                            FN_SHELL(path));
    const char *rel = path + strlen(r->rec.path);
    rel += strspn(rel, "/");
    /* The state of a root that is away or held can only be decided by a full scan. */
    bool whole = accept || r->rec.state != FN_ROOT_ONLINE;
    fnd_root_scan(r, whole ? "" : rel, accept);
    return 0;
}

void fnd_watching_doubt(struct fnd_watching *w, fn_root_id id)
{
    struct fnd_root *r = fnd_root_by_id(w, id);
    if (r && !r->n_scans)
        fnd_root_scan(r, "", false);
}

void fnd_watching_look(struct fnd_watching *w, fn_root_id id, const char *rel, bool gone)
{
    struct fnd_root *r = fnd_root_by_id(w, id);
    if (!r)
        return;
    fnd_quiet_gone(r, rel, false);
    if (!gone)
        fnd_quiet_file(r, rel);
}

struct fnd_root_place fnd_watching_place(const struct fnd_watching *w, fn_root_id id)
{
    const struct fnd_root *r = fnd_root_by_id(w, id);
    if (!r || r->rec.state == FN_ROOT_AWAY)
        return (struct fnd_root_place){0};
    return (struct fnd_root_place){r->rec.path, r->reader};
}

/* ---- status ---- */

bool fnd_watching_has_roots(const struct fnd_watching *w)
{
    return w->roots != NULL;
}

bool fnd_roots_idle(const struct fnd_watching *w)
{
    for (const struct fnd_root *r = w->roots; r; r = r->next)
        if (!r->removed && (r->n_scans || r->wants_scan || !r->rec.id))
            return false;
    return true;
}

bool fnd_roots_held(const struct fnd_watching *w)
{
    for (const struct fnd_root *r = w->roots; r; r = r->next)
        if (!r->removed && r->rec.state == FN_ROOT_HELD)
            return true;
    return false;
}

bool fnd_events_idle(const struct fnd_watching *w)
{
    return fnd_quiet_idle(w->quiet) && !w->moved;
}

bool fnd_roots_recheck(struct fnd_watching *w)
{
    bool begun = false;
    for (struct fnd_root *r = w->roots; r; r = r->next)
        if (r->recheck && !r->removed && !r->n_scans) {
            r->recheck = false;
            fnd_root_scan(r, "", false);
            begun = true;
        }
    return begun;
}

uint64_t fnd_watching_files_gone(const struct fnd_watching *w)
{
    return w->n_gone;
}

void fnd_watching_each_root(const struct fnd_watching *w,
                            void (*visit)(const struct fnd_root_status *s, void *ctx),
                            void *ctx)
{
    for (const struct fnd_root *r = w->roots; r; r = r->next) {
        struct fnd_root_status s = {
            .id = r->rec.id,
            .path = r->rec.path,
            .mode = fnd_root_mode_name(r),
            .reason = r->rec.reason,
            .state = fnd_root_state_name(r),
            .state_since_s = r->rec.state_since_s,
            .last_scan_s = r->rec.last_scan_s,
            .n_other = r->rec.n_other,
            .n_folders = fnd_watches_count(w->watches, r->rec.id),
            .n_unwatched = r->n_unwatched,
            .interval_s = r->poll_s,
            .scanning = r->n_scans > 0,
            .polled = r->rec.mode == FN_WATCH_POLL || r->n_unwatched,
        };
        if (!r->removed)
            visit(&s, ctx);
    }
}

/* ---- the end ---- */

void fnd_watching_quit(struct fnd_watching *w)
{
    w->quitting = true;
}

bool fnd_watching_join(struct fnd_watching *w, unsigned wait_ms)
{
    bool all = true;
    uint64_t end = fn_clock_mono_ns() + (uint64_t)wait_ms * 1000000u;
    for (struct fnd_root *r = w->roots; r; r = r->next)
        fnd_reader_stop(r->reader);
    for (struct fnd_root *r = w->roots; r; r = r->next) {
        uint64_t now = fn_clock_mono_ns();
        unsigned left = end > now ? (unsigned)((end - now) / 1000000u) : 0;
        if (fnd_reader_join(r->reader, left))
            r->reader = NULL;
        else
            all = false;
    }
    return all;
}

void fnd_watching_destroy(struct fnd_watching *w)
{
    if (!w)
        return;
    while (w->roots) {
        struct fnd_root *r = w->roots;
        w->roots = r->next;
        free(r);
    }
    fnd_quiet_destroy(w->quiet);
    fnd_inotify_finish(w);
    fnd_mounts_finish(w);
    fnd_names_finish(&w->configured);
    free(w);
}
