/* SPDX-License-Identifier: MIT */
/* Where an index is, with its label log and the socket of its daemon: the one decision for all
 * programs. */
#ifndef FN_INDEX_PLACES_H
#define FN_INDEX_PLACES_H

#include <stdbool.h>

#include "engine/base/error.h"
#include "engine/base/paths.h"

/* The index of the daemon that the system starts, see systemd/. */
#define FN_SYSTEM_INDEX FN_STATEDIR

struct fn_places {
    char index_dir[FN_PATH_MAX], labels_log[FN_PATH_MAX], socket[FN_PATH_MAX];
    bool system; /* those of the system index */
};

/* Nothing is created, and the index need not exist.
 *
 * chosen: the folder of the index (--index), with its label log and its socket in it. NULL, or
 * the default folder: the index of the user, DATA/index, with the label log DATA/labels.log
 * (DATA: fn_path_data).
 * system: if not NULL, this index is used when chosen is NULL, the user has no index, and the
 * user may read this one.
 *
 * FN_EREFUSED: DATA itself has the index of an earlier version, which would share the label
 * log; the message has the command that moves it. -ENOENT: HOME is not set; -ENAMETOOLONG. */
FN_NODISCARD int fn_places_find(const char *chosen, const char *system, struct fn_places *ret,
                                struct fn_error *err);

#endif
