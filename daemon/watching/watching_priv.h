/* SPDX-License-Identifier: MIT */
/* Shared by the files of watching. Calls go down this list:
 *
 *     watching.c, root_add.c   the part; adding and removing roots
 *     inotify_events.c         events, halves of renames
 *     mount_events.c           mounts that come and go
 *     away_probe.c             roots that are away
 *     quiet.c, quiet_bursts.c  what has to stand still first
 *     root_scans.c             scans, and what their results mean for a root
 *     scan_work.c ...          one scan (root_scan.h), on the reader's thread
 *     root_list.c              the list
 *     folder_watches.c         the table of inotify watches */
#ifndef FN_DAEMON_WATCHING_PRIV_H
#define FN_DAEMON_WATCHING_PRIV_H

#include "daemon/base/name_list.h"
#include "daemon/watching/mount_table.h"
#include "daemon/watching/watching.h"

struct fnd_watches;
struct fnd_quiet;

#define FND_NO_PERMISSION "no permission" /* reason of a root that is away */

struct fnd_root {
    struct fnd_root *next;
    struct fnd_watching *w;
    struct fn_root rec; /* the record in the index; id 0: not written yet */
    struct fnd_reader *reader;
    unsigned n_scans;     /* running or waiting, including partial ones */
    bool full_scan_waits; /* one of them is a full scan that has not started */
    bool wants_scan;      /* to be scanned in the next turn */
    bool recheck; /* much is gone, but there are new files: decide when they are known */
    bool removed;
    uint64_t n_paths;      /* in the index, as of the last scan and later changes */
    uint64_t n_unwatched;  /* folders without a watch */
    uint64_t next_scan_ns; /* 0: no automatic scan */
    uint64_t poll_s;       /* grows while nothing changes */
    uint64_t lost_recently, lost_since_ns; /* deletions seen by events */
    uint64_t stirred_ns; /* first event since the last scan, while it is away or held */
    struct fnd_mounts_of mounts;
    uint64_t mark; /* of its folder, as of the last full scan (place_mark.h) */
    bool probing;
    bool said; /* its state was logged since the start */
    uint64_t next_probe_ns;
};

struct fnd_moved;

struct fnd_watching {
    struct fnd_watching_setup with;
    struct fnd_root *roots; /* never freed while the loop runs */
    struct fnd_watches *watches;
    struct fnd_quiet *quiet;
    uv_poll_t poll;          /* of the inotify descriptor */
    char *events;            /* buffer for reading events */
    struct fnd_moved *moved; /* first halves of renames */
    bool warned;             /* about folders that are polled */
    bool quitting;
    uint64_t n_gone; /* paths removed */
    int mounts_fd;   /* -1: mounts are not watched */
    uv_poll_t mounts_poll;
    bool mounts_changed;
};

/* ---- root_list.c ---- */
/* Adds a root for rec with its reader at the end of the list. NULL: see err. */
struct fnd_root *fnd_root_append(struct fnd_watching *w, const struct fn_root *rec,
                                 struct fn_error *err);
struct fnd_root *fnd_root_by_id(const struct fnd_watching *w, fn_root_id id); /* or NULL */
/* The root at or above an absolute path. */
struct fnd_root *fnd_root_of_path(const struct fnd_watching *w, const char *path);
const char *fnd_root_state_name(const struct fnd_root *r);
const char *fnd_root_mode_name(const struct fnd_root *r);
/* The user that this process runs as, for messages. */
const char *fnd_user_name(void);

/* ---- root_scans.c ---- */
/* rel "": the whole root. */
void fnd_root_scan(struct fnd_root *r, const char *rel, bool accept);
/* Something has changed in the root. If it is away or held, it is scanned soon. */
void fnd_root_stir(struct fnd_root *r);
void fnd_roots_scan_all(struct fnd_watching *w);
/* Files reported as gone, checked by the reader: removes them, or scans the whole root when
 * there are too many. */
void fnd_root_lost(struct fnd_root *r, struct fnd_names *lost);
/* Writes the current rec; a new root gets its id and is then scanned. */
void fnd_root_store(struct fnd_root *r);

/* ---- quiet.c, quiet_files.c, quiet_bursts.c ---- */
FN_NODISCARD int fnd_quiet_create(struct fnd_quiet **ret, struct fn_error *err);
void fnd_quiet_destroy(struct fnd_quiet *q);              /* NULL-safe */
void fnd_quiet_file(struct fnd_root *r, const char *rel); /* created, written to, moved here */
void fnd_quiet_folder(struct fnd_root *r, const char *rel);
void fnd_quiet_gone(struct fnd_root *r, const char *rel, bool is_dir);
void fnd_quiet_tick(struct fnd_watching *w, uint64_t now_ns);
bool fnd_quiet_idle(const struct fnd_quiet *q); /* nothing waits or is being checked */

/* ---- mount_events.c ---- */
void fnd_mounts_start(struct fnd_watching *w);
void fnd_mounts_tick(struct fnd_watching *w);
void fnd_mounts_finish(struct fnd_watching *w);

/* ---- away_probe.c ---- */
void fnd_away_tick(struct fnd_watching *w, uint64_t now_ns);

/* ---- inotify_events.c ---- */
FN_NODISCARD int fnd_inotify_start(struct fnd_watching *w, struct fn_error *err);
void fnd_inotify_tick(struct fnd_watching *w, uint64_t now_ns);
void fnd_inotify_finish(struct fnd_watching *w);

#endif
