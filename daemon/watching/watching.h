/* SPDX-License-Identifier: MIT */
/* Watching: the folders that are kept in step (roots), what happens in them, and what follows
 * from it for the index.
 *
 * A file's way: an event (inotify_events.c) or a scan (scan_work.c) finds it -> quiet.c waits
 * until it stands still -> the durable queue, by the writer. What is gone leaves the index when
 * root_verdict.c finds it so.
 *
 * Owns the roots, a reader thread for each, the inotify descriptor and what waits for quiet.
 * All functions belong to the loop's thread; the readers do what touches a root's file system.
 * Uses the writer; calls back as struct fnd_watching_calls says. */
#ifndef FN_DAEMON_WATCHING_H
#define FN_DAEMON_WATCHING_H

#include <uv.h>

#include "daemon/base/reader.h"
#include "daemon/base/daemon_settings.h"
#include "daemon/writing/writer.h"
#include "index/records/photos.h"

struct fnd_watching;

struct fnd_watching_calls { /* on the loop's thread */
    /* Entries were written to the queue; urgent: before those already looked at. */
    void (*queued)(void *owner, bool urgent);
    /* A path, or a folder, was renamed or deleted: photos below it that are in work have to be
     * looked at again. */
    void (*stale)(void *owner, fn_root_id root, const char *rel);
    /* Something may have become possible, or complete. */
    void (*changed)(void *owner);
};

struct fnd_watching_setup { /* all of it outlives the part */
    const struct fnd_settings *settings;
    struct fn_store *store;
    struct fnd_writer *writer;
    struct fnd_mailbox *box;
    uv_loop_t *loop;
    const struct fnd_watching_calls *calls;
    void *owner;
};

/* Without inotify (no instance left) everything is polled: that is no error. */
FN_NODISCARD int fnd_watching_create(const struct fnd_watching_setup *setup,
                                     struct fnd_watching **ret, struct fn_error *err);
/* Roots in the index, then those of the configuration, then dirs. */
FN_NODISCARD int fnd_watching_start(struct fnd_watching *w, char *const *dirs, size_t n_dirs,
                                    struct fn_error *err);
/* The configuration or the rules have changed: takes its folders, scans everything. */
void fnd_watching_reload(struct fnd_watching *w);
void fnd_watching_tick(struct fnd_watching *w, uint64_t now_ns);
/* Scans that others asked for begin; once a turn of the loop. */
void fnd_watching_turn(struct fnd_watching *w);

/* No scan is begun from now on. */
void fnd_watching_quit(struct fnd_watching *w);
/* Tells the readers to end and waits for them. false: some thread hangs in its root. */
bool fnd_watching_join(struct fnd_watching *w, unsigned wait_ms);
void fnd_watching_destroy(
    struct fnd_watching *w); /* after the loop closed its handles; NULL-safe */

/* ---- roots ---- */

/* dir: as the user wrote it. 0 also when it is there already or covered by a root (then that is
 * looked at). -ENOENT, -ENOTDIR, FN_EREFUSED when it holds another root. */
FN_NODISCARD int fnd_root_add(struct fnd_watching *w, const char *dir, struct fn_error *err);
FN_NODISCARD int fnd_root_remove(struct fnd_watching *w, const char *dir, struct fn_error *err);
/* Looks at an absolute path; NULL: at everything. accept: what is missing is really gone.
 * FN_ENOTFOUND: it is in no root. */
FN_NODISCARD int fnd_watching_scan(struct fnd_watching *w, const char *path, bool accept,
                                   struct fn_error *err);
/* Reading fails in this root: is its drive still there? Nothing when it is being scanned. */
void fnd_watching_doubt(struct fnd_watching *w, fn_root_id id);
/* A file is not where the queue said (gone), or was changed while it was in work. */
void fnd_watching_look(struct fnd_watching *w, fn_root_id id, const char *rel, bool gone);
/* Where a root lies, and the thread that reads there; NULL reader: unknown, or removed, or
 * away. */
struct fnd_root_place {
    const char *path;
    struct fnd_reader *reader;
};
struct fnd_root_place fnd_watching_place(const struct fnd_watching *w, fn_root_id id);

/* ---- how it stands ---- */

bool fnd_watching_has_roots(const struct fnd_watching *w);
/* Nothing is being scanned or waits to be scanned. */
bool fnd_roots_idle(const struct fnd_watching *w);
/* No event waits: files have settled, no half of a rename waits for the other. */
bool fnd_events_idle(const struct fnd_watching *w);
/* The queue is empty: decisions that waited for it are made. true when something was begun. */
bool fnd_roots_recheck(struct fnd_watching *w);
uint64_t fnd_watching_files_gone(const struct fnd_watching *w); /* since the start */

struct fnd_root_status {
    fn_root_id id;
    const char *path, *mode, *reason, *state; /* valid during the call */
    int64_t state_since_s, last_scan_s;
    uint64_t n_other, n_folders, n_unwatched;
    uint64_t interval_s;   /* between scans, when polled */
    bool scanning, polled; /* polled: all of it, or folders without a watch */
};
void fnd_watching_each_root(const struct fnd_watching *w,
                            void (*visit)(const struct fnd_root_status *s, void *ctx),
                            void *ctx);

#endif
