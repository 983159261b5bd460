/* SPDX-License-Identifier: MIT */
#include "daemon/watching/root_verdict.h"

static bool is_known_place(const struct fnd_place_look *l)
{
    bool never_seen = !l->known_fsid && !l->known_inode;
    return never_seen || (l->known_fsid == l->fsid && l->known_inode == l->inode);
}

bool fnd_place_wants_sample(const struct fnd_place_look *l)
{
    return l->is_folder && !l->accept && !is_known_place(l);
}

enum fnd_place fnd_place(const struct fnd_place_look *l)
{
    if (!l->is_folder)
        return FND_PLACE_MISSING;
    if (!fnd_place_wants_sample(l) || !l->n_sample || l->n_hits * 2 >= l->n_sample)
        return FND_PLACE_SAME;
    return l->n_hits ? FND_PLACE_DIFFERENT : FND_PLACE_FOREIGN;
}

static bool over_brake(uint64_t n_lost, uint64_t n_known, double brake)
{
    return n_lost > FND_BRAKE_PHOTOS && (double)n_lost > brake * (double)n_known;
}

enum fnd_verdict fnd_root_verdict(const struct fnd_root_look *l)
{
    if (l->place != FND_PLACE_SAME)
        return FND_VERDICT_AWAY;
    if (!l->accept && l->n_files == 0 && l->n_known > 0)
        return FND_VERDICT_AWAY;
    if (!l->accept && over_brake(l->n_orphans, l->n_known, l->brake))
        return l->n_new ? FND_VERDICT_UNDECIDED : FND_VERDICT_HELD;
    return l->n_lost ? FND_VERDICT_LOST : FND_VERDICT_ONLINE;
}

bool fnd_losses_want_scan(uint64_t n_lost, uint64_t n_paths, uint64_t n_recent, double brake)
{
    return n_lost >= n_paths || over_brake(n_recent + n_lost, n_paths + n_recent, brake);
}
