/* SPDX-License-Identifier: MIT */
/* Watching: the roots, the changes in them, and what the changes mean for the index.
 *
 * The path of a file: an event (inotify_events.c) or a scan (scan_work.c) finds it -> quiet.c
 * waits until it has settled -> the writer puts it into the durable queue. Missing files are
 * removed from the index when root_verdict.c decides so.
 *
 * Owns the roots, a reader thread for each, the inotify descriptor and the files that have not
 * settled. All functions belong to the loop's thread; the readers access the file systems of
 * the roots. Uses the writer; reports through struct fnd_watching_calls. */
#ifndef FN_DAEMON_WATCHING_H
#define FN_DAEMON_WATCHING_H

#include <uv.h>

#include "daemon/base/reader.h"
#include "daemon/base/daemon_settings.h"
#include "daemon/writing/writer.h"
#include "index/records/photos.h"

struct fnd_watching;

struct fnd_watching_calls { /* on the loop's thread */
    /* Entries were written to the queue; urgent: before the position of the cursor. */
    void (*queued)(void *owner, bool urgent);
    /* A path, or a folder, was renamed or deleted: photos below it that are in progress have to
     * be checked again. */
    void (*stale)(void *owner, fn_root_id root, const char *rel);
    /* Progress or completion may be possible. */
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

/* Without inotify (no instance left) everything is polled; that is not an error. */
FN_NODISCARD int fnd_watching_create(const struct fnd_watching_setup *setup,
                                     struct fnd_watching **ret, struct fn_error *err);
/* Starts with the roots in the index, then those of the configuration, then dirs. */
FN_NODISCARD int fnd_watching_start(struct fnd_watching *w, char *const *dirs, size_t n_dirs,
                                    struct fn_error *err);
/* The configuration or the rules have changed: adds its folders, removes those that it had and
 * has no longer, scans everything. */
void fnd_watching_reload(struct fnd_watching *w);
void fnd_watching_tick(struct fnd_watching *w, uint64_t now_ns);
/* Starts the requested scans; called once per turn of the loop. */
void fnd_watching_turn(struct fnd_watching *w);

/* No scan is started from now on. */
void fnd_watching_quit(struct fnd_watching *w);
/* Tells the readers to end and waits for them. false: a thread hangs in its root. */
bool fnd_watching_join(struct fnd_watching *w, unsigned wait_ms);
void fnd_watching_destroy(
    struct fnd_watching *w); /* after the loop closed its handles; NULL-safe */

/* ---- roots ---- */

/* dir: as the user wrote it. Also returns 0 when it is a root already, or below one (then that
 * folder is scanned). -ENOENT, -ENOTDIR, FN_EREFUSED when it contains another root. */
FN_NODISCARD int fnd_root_add(struct fnd_watching *w, const char *dir, struct fn_error *err);
FN_NODISCARD int fnd_root_remove(struct fnd_watching *w, const char *dir, struct fn_error *err);
/* Scans an absolute path; NULL: everything. accept: missing files are removed. FN_ENOTFOUND: it
 * is below no root. */
FN_NODISCARD int fnd_watching_scan(struct fnd_watching *w, const char *path, bool accept,
                                   struct fn_error *err);
/* Reading fails in this root: checks whether its drive is still there. Does nothing while the
 * root is being scanned. */
void fnd_watching_doubt(struct fnd_watching *w, fn_root_id id);
/* A file is not at the path in the queue (gone), or was changed while it was processed. */
void fnd_watching_look(struct fnd_watching *w, fn_root_id id, const char *rel, bool gone);
/* The path of a root and its reader; reader NULL: unknown, removed or away. */
struct fnd_root_place {
    const char *path;
    struct fnd_reader *reader;
};
struct fnd_root_place fnd_watching_place(const struct fnd_watching *w, fn_root_id id);

/* ---- status ---- */

bool fnd_watching_has_roots(const struct fnd_watching *w);
/* Is no scan running or waiting? */
bool fnd_roots_idle(const struct fnd_watching *w);
/* Is a root held? Its losses are then not in the index. */
bool fnd_roots_held(const struct fnd_watching *w);
/* Is no event pending? All files have settled, and no half of a rename waits for the other. */
bool fnd_events_idle(const struct fnd_watching *w);
/* Called when the queue is empty: makes the decisions that waited for this. true when something
 * was started. */
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
