/* SPDX-License-Identifier: MIT */
/* The decision that follows from the state of a root. Pure functions: they take values and
 * return a verdict; no clock, no file system, no index.
 *
 * Identity of a root: file system and inode of its folder and, when these differ (another mount
 * of the same disk, a restored backup), a sample of its known files. A root with another
 * identity is away: nothing is added and nothing is removed. A scan that would remove more than
 * watch.vanish_brake of the photos (and more than FND_BRAKE_PHOTOS) is held: nothing is removed
 * until the files are back or the user accepts it (fnq scan --accept). */
#ifndef FN_DAEMON_ROOT_VERDICT_H
#define FN_DAEMON_ROOT_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum { FND_BRAKE_PHOTOS = 20 }; /* up to this many losses are never held */

/* ---- is it the folder that was indexed? ---- */

enum fnd_place {
    FND_PLACE_SAME,     /* it is, or it is new, or the user accepts it */
    FND_PLACE_MISSING,  /* there is no folder */
    FND_PLACE_FOREIGN,  /* a folder with none of the known files: another drive */
    FND_PLACE_DIFFERENT /* a folder with some of them: another file system */
};

struct fnd_place_look {
    bool is_folder;                   /* it exists, is a folder, and its file system responds */
    bool accept;                      /* the user accepts its present state */
    uint64_t fsid, inode;             /* current */
    uint64_t known_fsid, known_inode; /* as of the last scan; both 0: never seen */
    uint32_t n_sample, n_hits; /* known files that were checked, and found with their size */
};

/* Does the verdict depend on a sample? Taking one costs time on a slow disk. */
bool fnd_place_wants_sample(const struct fnd_place_look *look);
enum fnd_place fnd_place(const struct fnd_place_look *look);

/* ---- what happens to its photos? ---- */

enum fnd_verdict {
    FND_VERDICT_ONLINE,    /* same folder, and nothing is missing */
    FND_VERDICT_LOST,      /* same folder; missing files are removed from the index */
    FND_VERDICT_UNDECIDED, /* much is missing, but there are new files. Perhaps the files were
                              only moved: this is known when the new ones are indexed */
    FND_VERDICT_HELD,      /* much is missing: nothing is removed until the user accepts it */
    FND_VERDICT_AWAY, /* another folder, or an empty one: nothing is removed until the right one
                         is back */
};

struct fnd_root_look {
    enum fnd_place place;
    bool accept;
    uint64_t n_files;   /* photos found there */
    uint64_t n_new;     /* those of them that the index does not know, or that changed */
    uint64_t n_known;   /* paths in the index */
    uint64_t n_lost;    /* those of them that are missing */
    uint64_t n_orphans; /* photos that would lose their last path */
    double brake;       /* watch.vanish_brake: a share of the known */
};

enum fnd_verdict fnd_root_verdict(const struct fnd_root_look *look);

/* ---- losses reported by events ---- */

/* n_lost paths of a root with n_paths are gone, and n_recent more were removed shortly before.
 * Are these so many that the whole root must be scanned first? */
bool fnd_losses_want_scan(uint64_t n_lost, uint64_t n_paths, uint64_t n_recent, double brake);

#endif
