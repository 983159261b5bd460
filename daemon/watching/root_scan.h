/* SPDX-License-Identifier: MIT */
/* One walk through a root or a folder of it, on the root's reader thread: adds watches (before
 * reading a folder, so that nothing is missed between), queues what is new or changed, and
 * lists what is gone. It decides nothing. */
#ifndef FN_DAEMON_ROOT_SCAN_H
#define FN_DAEMON_ROOT_SCAN_H

#include <sys/stat.h>

#include "daemon/base/name_list.h"
#include "daemon/base/reader.h"
#include "daemon/watching/root_list.h"
#include "daemon/files/rules.h"

enum fnd_scan_end {
    FND_SCAN_STOPPED = 0, /* the daemon stops; nothing follows from it */
    FND_SCAN_DONE,
    FND_SCAN_MISSING, /* the root's folder is not there: reason */
    FND_SCAN_OTHER,   /* something else lies at its place: reason */
};

struct fnd_scan {
    struct fnd_task task;
    /* given */
    struct fnd_root *root; /* only path and id are read by the thread */
    char root_path[FN_PATH_MAX];
    fn_root_id root_id;
    char rel[FN_PATH_MAX]; /* "": all */
    struct fnd_rules *rules;
    bool accept;
    uint64_t fsid, inode; /* expected; 0: not known yet */
    int watch_mode;       /* enum fn_watch_mode of the configuration */
    uint64_t young_ms;    /* files younger than this are still being written; 0: take them */
    uint64_t skip_dev, skip_ino; /* the index's own folder */
    /* found */
    enum fnd_scan_end end;
    int mode;        /* watch mode in force */
    char reason[64]; /* of mode or end */
    uint64_t n_files, n_other, n_new, n_known, n_dirs, n_unwatched, n_unreadable;
    uint64_t n_orphans;    /* photos that would lose their last path */
    struct fnd_names lost; /* paths in the index that are not there */
};

struct fnd_scan *fnd_scan_create(struct fnd *f, struct fnd_root *r, const char *rel,
                                 bool accept);
void fnd_scan_destroy(struct fnd_scan *s); /* on the loop */

/* Is this file of the library? Regular, not left out, and an image by name or first bytes. */
bool fnd_is_candidate(const struct fnd_rules *rules, const char *root, const char *rel,
                      const struct stat *st);
/* Does the index know this path with this size, time and inode? */
bool fnd_is_known(struct fn_txn *t, fn_root_id root, const char *rel, const struct stat *st);
int64_t fnd_mtime_ns(const struct stat *st);

#endif
