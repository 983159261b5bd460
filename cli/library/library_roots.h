/* SPDX-License-Identifier: MIT */
/* Roots: the folders of photos that facenetd keeps indexed. */
#ifndef FN_CLI_LIBRARY_LIBRARY_ROOTS_H
#define FN_CLI_LIBRARY_LIBRARY_ROOTS_H

#include "cli/library/act.h"
#include "index/records/photos.h"

struct fnl_roots {
    struct fn_root *r;
    size_t n, cap;
};

/* The roots of the index, without those that were removed, in the order of their ids. Inside
 * the read transaction t. -ENOMEM, -errno. */
FN_NODISCARD int fnl_roots_list(struct fn_txn *t, struct fnl_roots *ret, struct fn_error *err);
void fnl_roots_finish(struct fnl_roots *l);

/* "online", "away", "held"; "unknown" for a value this program does not know. */
const char *fnl_root_state_name(const struct fn_root *r);
/* How changes are detected: "auto", "inotify", "poll"; "none" for a value this program does not
 * know. */
const char *fnl_root_mode_name(const struct fn_root *r);

/* The absolute path of a folder or file, without symbolic links. A path that does not resolve
 * is only made absolute (its drive may be away), unless must_be_folder. -errno,
 * -ENOTDIR. */
FN_NODISCARD int fnl_root_path(const char *what, bool must_be_folder, char out[FN_PATH_MAX],
                               struct fn_error *err);

enum fnl_root_done {
    FNL_ROOT_BY_DAEMON, /* facenetd did it; the change has taken effect */
    FNL_ROOT_IN_INDEX,  /* it is in the index; the next facenetd reads it */
    FNL_ROOT_COVERED,   /* it is below another root, and is indexed with that */
};
/* Makes a folder a root: through facenetd when it runs, else in the index, which is created
 * when there is none. A folder that is already a root remains one. FNL_TRY: checks in the index
 * only and changes nothing. *ret_done may be NULL. FN_EREFUSED: it contains another root. */
FN_NODISCARD int fnl_root_add(struct fn_library *lib, enum fnl_mode mode, const char *folder,
                              enum fnl_root_done *ret_done, struct fn_error *err);
/* Removes a root; its photos are removed from the index. FN_ENOTFOUND: the folder is not a
 * root. */
FN_NODISCARD int fnl_root_remove(struct fn_library *lib, enum fnl_mode mode, const char *folder,
                                 enum fnl_root_done *ret_done, struct fn_error *err);

/* Writes a root with this absolute path in the transaction t, or restores it when it was
 * removed; *ret has its id then. For programs that index photos themselves (indexing.h). */
FN_NODISCARD int fnl_root_put(struct fn_txn *t, const char *path, struct fn_root *ret,
                              struct fn_error *err);

#endif
