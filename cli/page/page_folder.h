/* SPDX-License-Identifier: MIT */
/* The folder of a page: it is claimed once, its files are replaced one by one, and files that a
 * later page does not need are removed. Nothing else in it is ever touched.
 *
 * FOLDER/.facenetd-page lists the names of the files. A name is appended before its file is
 * written, so that the list of a run that was killed is complete. Files get mode 0600, folders
 * 0700, as those of an index. FOLDER/.nomedia keeps facenetd and galleries away from the crops.
 */
#ifndef FN_CLI_PAGE_PAGE_FOLDER_H
#define FN_CLI_PAGE_PAGE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

struct fnp_folder;

enum { FNP_NAME_MAX = 96 }; /* of a file in the folder, "people/p3kd....html" */

struct fnp_folder_counts {
    uint64_t written, reused, removed; /* files */
    uint64_t bytes;                    /* written */
};

/* Opens or creates the folder and takes its lock. -ENOTDIR; FN_EREFUSED: it has files and is
 * not the folder of a page; FN_EBUSY: another program writes it; FN_EVERSION; -errno. */
FN_NODISCARD int fnp_folder_open(const char *dir, struct fnp_folder **ret,
                                 struct fn_error *err);
/* The absolute path, without symbolic links. */
const char *fnp_folder_path(const struct fnp_folder *f);
/* Does an earlier run have this file, complete? It then belongs to this page, too. Any thread.
 */
bool fnp_folder_reuse(struct fnp_folder *f, const char *name);
/* Replaces the file: a reader finds the old one or all of the new one. Any thread. -errno,
 * FN_ELIMIT: more files than a page may have. */
FN_NODISCARD int fnp_folder_write(struct fnp_folder *f, const char *name, const void *data,
                                  size_t n, struct fn_error *err);
/* Removes the files of earlier runs that were neither written nor reused, and stores the list.
 */
FN_NODISCARD int fnp_folder_finish(struct fnp_folder *f, struct fnp_folder_counts *ret,
                                   struct fn_error *err);
void fnp_folder_close(struct fnp_folder *f); /* NULL-safe; removes nothing */

#endif
