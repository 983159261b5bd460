/* SPDX-License-Identifier: MIT */
/* Adds photos to the index without facenetd: by the same rules, with the same faces, embeddings
 * and people as facenetd --once. An index is created when there is none.
 *
 * Indexing adds and updates. It removes nothing: the scans of facenetd decide whether files are
 * gone or a drive is away. A running facenetd need not be stopped; the two write alternately.
 */
#ifndef FN_CLI_LIBRARY_INDEXING_H
#define FN_CLI_LIBRARY_INDEXING_H

#include "cli/library/library.h"

enum fnl_file_end {
    FNL_FILE_NEW,       /* its content was new: faces found and stored */
    FNL_FILE_KNOWN,     /* its content was in the index: only the path was recorded */
    FNL_FILE_UNCHANGED, /* the index had this path with this size and time: not opened */
    FNL_FILE_BAD,       /* recorded as a bad file: reason */
    FNL_FILE_UNREAD,    /* could not be read now: reason; nothing was recorded */
    FNL_FILE_OTHER,     /* not a photo, by its name and first bytes, or excluded by a setting */
};

struct fnl_indexed_file {
    char path[FN_PATH_MAX]; /* absolute */
    enum fnl_file_end end;
    uint32_t n_faces; /* NEW */
    int code;         /* BAD, UNREAD: an error code, and */
    char reason[200]; /* why */
};

/* The result, after it was committed. */
struct fnl_indexed {
    uint64_t n[FNL_FILE_OTHER + 1]; /* files by enum fnl_file_end */
    uint64_t faces;                 /* of the new photos */
    uint64_t unread_folders;        /* their files are not counted */
    uint64_t pending;               /* pending faces, left to a later facenetd */
    bool stopped;                   /* by visit */
    struct fn_error copy;           /* why labels.log is behind; code 0: it is not */
};

/* Called for each file after it was written, except files that are unchanged or not photos. A
 * non-zero result stops the run. */
typedef int (*fnl_indexed_visit)(const struct fnl_indexed_file *f, void *arg);

/* Photos that were written stay so, whatever follows: a labels.log that cannot be written does
 * not fail the call.
 *
 * Indexes all photos in and below a folder. The root that contains the folder is used; when
 * there is none, the folder becomes a root. visit may be NULL. Files that fail do not fail the
 * call; when the call fails, *ret counts what had been written. Clusters are updated before it
 * returns; a running facenetd does it instead. Errors: -ENOENT, -ENOTDIR; FN_EREFUSED: the
 * folder contains a root or is excluded by a setting, or the index belongs to another profile;
 * FN_EMODEL: no worker starts; FN_EBUSY, -ENOSPC, ... from writing. Ends the read transaction.
 */
FN_NODISCARD int fnl_index_folder(struct fn_library *lib, const char *folder,
                                  fnl_indexed_visit visit, void *arg, struct fnl_indexed *ret,
                                  struct fn_error *err);
/* The same for one file; its folder becomes a root when no root contains it. The error of a
 * file that is bad, or could not be read, is returned; *ret (its end is valid then, too) shows
 * whether it was recorded. FN_EUNSUPPORTED: the file is not a photo, or excluded
 * (FNL_FILE_OTHER). */
FN_NODISCARD int fnl_index_file(struct fn_library *lib, const char *path,
                                struct fnl_indexed_file *ret, struct fn_error *err);

#endif
