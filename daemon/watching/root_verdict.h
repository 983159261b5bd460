/* SPDX-License-Identifier: MIT */
/* What follows from a look at a root. Pure: values in, a verdict out; no clock, no file system,
 * no index.
 *
 * Identity of a root: file system and inode of its folder and, when these differ (another mount
 * of the same disk, a restored backup), a sample of the files known to lie there. A root that
 * is not itself is away: nothing is added, nothing removed. A scan that would take away more
 * than watch.vanish_brake of the photos (and more than FND_BRAKE_PHOTOS) is held: nothing is
 * removed until the files are back or the user says so (fnq scan --accept). */
#ifndef FN_DAEMON_ROOT_VERDICT_H
#define FN_DAEMON_ROOT_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum { FND_BRAKE_PHOTOS = 20 }; /* as many losses are never held */

/* ---- is it the folder we know? ---- */

enum fnd_place {
    FND_PLACE_SAME,     /* it is, or nothing is known of it yet, or the user says so */
    FND_PLACE_MISSING,  /* no folder there */
    FND_PLACE_FOREIGN,  /* a folder without any of the files we know: another drive */
    FND_PLACE_DIFFERENT /* with some of them: another file system */
};

struct fnd_place_look {
    bool is_folder;       /* it is there, a folder, and on a file system that answers */
    bool accept;          /* the user says that it is right as it is */
    uint64_t fsid, inode; /* as they are now */
    uint64_t known_fsid, known_inode; /* as they were; both 0: never seen */
    uint32_t n_sample, n_hits;        /* known files looked for, and found with their size */
};

/* Does the verdict depend on a sample? Taking one costs time on a slow disk. */
bool fnd_place_wants_sample(const struct fnd_place_look *look);
enum fnd_place fnd_place(const struct fnd_place_look *look);

/* ---- what of its photos? ---- */

enum fnd_verdict {
    FND_VERDICT_ONLINE,    /* it is itself and nothing is missing */
    FND_VERDICT_LOST,      /* it is itself; what is missing is gone, and leaves the index */
    FND_VERDICT_UNDECIDED, /* much is missing, but there are new files: perhaps it was only
                              moved, which is known when they are indexed */
    FND_VERDICT_HELD,      /* much is missing: kept until the user accepts it */
    FND_VERDICT_AWAY,      /* it is not itself, or empty: kept until it comes back */
};

struct fnd_root_look {
    enum fnd_place place;
    bool accept;
    uint64_t n_files;   /* photos that lie there */
    uint64_t n_new;     /* of them unknown to the index, or changed */
    uint64_t n_known;   /* paths in the index */
    uint64_t n_lost;    /* of them not there any more */
    uint64_t n_orphans; /* photos that would lose their last path with them */
    double brake;       /* watch.vanish_brake: a share of the known */
};

enum fnd_verdict fnd_root_verdict(const struct fnd_root_look *look);

/* ---- losses told by events ---- */

/* n_lost paths of a root with n_paths are gone, and n_recent more were not long before: too
 * many to believe without a look at the whole root? */
bool fnd_losses_want_scan(uint64_t n_lost, uint64_t n_paths, uint64_t n_recent, double brake);

#endif
