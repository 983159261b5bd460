/* SPDX-License-Identifier: MIT */
/* One walk through a root or a folder of it, on the root's reader thread: adds watches (before
 * it reads a folder, so that no change is missed), queues new and changed files, and lists
 * missing ones. It makes no decisions. */
#ifndef FN_DAEMON_ROOT_SCAN_H
#define FN_DAEMON_ROOT_SCAN_H

#include "daemon/base/hash_set.h"
#include "index/intake/rules.h"
#include "daemon/watching/folder_watches.h"
#include "daemon/watching/root_verdict.h"
#include "daemon/watching/watching_priv.h"
#include "engine/base/paths.h"
#include "index/records/queue.h"

struct fnd_scan {
    struct fnd_task task;
    struct fnd_root *root; /* belongs to the loop; not used by the thread */
    /* input */
    struct fn_store *store;
    struct fnd_writer *writer;
    struct fnd_watches *watches;
    void (*queued)(void *owner, bool urgent); /* of the entries it writes */
    void *owner;
    char root_path[FN_PATH_MAX];
    fn_root_id root_id;
    char rel[FN_PATH_MAX]; /* "": the whole root */
    struct fn_rules *rules;
    bool accept, log_paths;
    uint64_t mark;        /* result: of the folder (place_mark.h), before it was examined */
    uint64_t fsid, inode; /* as expected (0: not known yet); after the scan, as found */
    int watch_mode;       /* enum fn_watch_mode of the configuration */
    uint64_t young_ms; /* younger files are treated as still being written; 0: no files are */
    uint64_t skip_dev, skip_ino; /* folder of the index */
    /* results */
    bool done;            /* false: the daemon stops, and the results are not used */
    enum fnd_place place; /* the folder is walked only if SAME */
    int mode;             /* watch mode in effect */
    char reason[64];      /* of mode, or of the place */
    uint64_t n_files, n_other, n_new, n_known, n_dirs, n_unwatched;
    uint64_t n_orphans;    /* photos that would lose their last path */
    struct fnd_names lost; /* paths in the index whose files are missing */
};

/* done: called on the loop's thread; destroys the scan. NULL: out of memory. */
struct fnd_scan *fnd_scan_create(struct fnd_root *r, const char *rel, bool accept,
                                 void (*done)(struct fnd_msg *scan));
void fnd_scan_destroy(struct fnd_scan *s); /* on the loop */

/* ---- shared by the files of a scan, on the reader thread ---- */

struct fnd_walk {
    struct fnd_scan *s;
    struct fnd_reader *reader;
    struct fnd_names stack;    /* folders to read; the last one is next */
    struct fnd_names left_out; /* folders that are excluded or marked */
    struct fnd_names
        unreadable; /* folders that could not be read: nothing below them is treated as gone */
    struct fnd_seen files;
    struct fnd_seen dirs; /* device and inode, when links are followed */
    uint64_t root_dev;
    struct fn_queue_entry *batch; /* FND_PUSH_MAX */
    size_t n_batch;
    bool failed; /* out of memory: the results are not used */
};

/* scan_place.c: is this the root in the index? Fills place, reason, fsid, inode, mode,
 * root_dev. */
bool fnd_scan_place(struct fnd_walk *w);
/* scan_folder.c: reads one folder. */
void fnd_scan_folder(struct fnd_walk *w, const char *rel);
/* Sends the entries gathered so far to the writer. */
void fnd_scan_flush(struct fnd_walk *w);
/* scan_gone.c: finds files that the index has and the walk did not see. */
void fnd_scan_gone(struct fnd_walk *w);

#endif
