/* SPDX-License-Identifier: MIT */
/* Roots: the folders that are kept in step. Kept in the index; a root whose drive is away keeps
 * its photos.
 *
 * Identity of a root: file system id, inode of its folder, and, when these differ (another
 * mount of the same disk, a restored backup), a sample of the files known to lie there. A root
 * that is not itself is AWAY: nothing is added, nothing removed. A scan that would take away
 * more than watch.vanish_brake of the photos (and more than 20) is HELD: nothing is removed
 * until the files are back or the user says so (fnq scan --accept). */
#ifndef FN_DAEMON_ROOT_LIST_H
#define FN_DAEMON_ROOT_LIST_H

#include "daemon/loop/daemon.h"

struct fnd_reader;
struct fnd_scan;
struct fnd_names;

struct fnd_root {
    struct fnd_root *next;
    struct fn_root rec; /* as in the index; id 0: not written yet */
    struct fnd_reader *reader;
    unsigned n_scans;     /* in hand or waiting, partial ones too */
    bool full_scan_waits; /* one of them is a full one that has not begun */
    bool recheck;         /* much is gone, but new files came: decide when they are known */
    bool removed;
    uint64_t n_photos;     /* paths in the index, by the last scan and what happened since */
    uint64_t n_unwatched;  /* folders without a watch */
    uint64_t next_scan_ns; /* 0: never by itself */
    uint64_t poll_s;       /* stretches while nothing changes */
    unsigned n_jobs;       /* photos of this root in flight */
    uint64_t lost_recently, lost_since_ns; /* deletions seen by events */
};

/* Roots in the index, then those of the configuration, then those of the command line. */
FN_NODISCARD int fnd_roots_start(struct fnd *f, struct fn_error *err);
/* dir: as the user wrote it. 0 also when it is there already or covered by a root (then that is
 * looked at). -ENOENT, -ENOTDIR, FN_EREFUSED when it holds another root. */
FN_NODISCARD int fnd_root_add(struct fnd *f, const char *dir, struct fn_error *err);
FN_NODISCARD int fnd_root_remove(struct fnd *f, const char *dir, struct fn_error *err);
struct fnd_root *fnd_root_by_id(struct fnd *f, fn_root_id id); /* NULL: unknown or removed */
struct fnd_root *fnd_root_of_path(struct fnd *f,
                                  const char *path); /* the root at or above an absolute path */
/* rel "": all of it. */
void fnd_root_scan(struct fnd *f, struct fnd_root *r, const char *rel, bool accept);
void fnd_roots_scan_all(struct fnd *f);
/* Files said to be gone, checked by the reader: removes them, or looks at the whole root when
 * they are too many. */
void fnd_root_lost(struct fnd *f, struct fnd_root *r, struct fnd_names *lost);
void fnd_roots_tick(struct fnd *f, uint64_t now_ns);
/* Nothing is being scanned or waits to be decided. */
bool fnd_roots_idle(const struct fnd *f);
/* The queue is empty: decisions that waited for it are made. true when something was begun. */
bool fnd_roots_recheck(struct fnd *f);
void fnd_roots_stop(struct fnd *f);
bool fnd_roots_join(struct fnd *f, unsigned wait_ms); /* false: some thread hangs */
void fnd_roots_free(struct fnd *f);
const char *fnd_root_state_name(const struct fnd_root *r);
const char *fnd_root_mode_name(const struct fnd_root *r);

/* scan.c calls this on the loop with its result. */
void fnd_root_scanned(struct fnd *f, struct fnd_scan *s);

#endif
