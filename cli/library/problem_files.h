/* SPDX-License-Identifier: MIT */
/* Files that cannot be used, files on roots that are away, and photos without a file. */
#ifndef FN_CLI_LIBRARY_PROBLEM_FILES_H
#define FN_CLI_LIBRARY_PROBLEM_FILES_H

#include "cli/library/library.h"

enum fnl_problem_state {
    FNL_FILE_BAD,  /* cannot be decoded, or crashed the worker */
    FNL_FILE_AWAY, /* its root is away */
    FNL_FILE_GONE, /* the photo has no file */
};
const char *fnl_problem_name(enum fnl_problem_state s); /* "bad", "away", "gone" */

struct fnl_problem {
    const struct fn_photo *photo;
    enum fnl_problem_state state;
    const char *reason; /* from the index; "" when there is none */
    const char *path;   /* absolute; of a photo without a file: the last one; NULL: unknown */
    int64_t since_s;    /* away or gone since; 0: not known */
    bool unwatched;     /* gone, and its last folder is below no root any more */
};

/* Visits bad files (bad), and files that are away and photos without a file (missing), photo by
 * photo, inside the read transaction t. The pointers are valid during the visit. */
FN_NODISCARD int fnl_problem_files(struct fn_txn *t, bool bad, bool missing,
                                   void (*visit)(const struct fnl_problem *p, void *arg),
                                   void *arg, struct fn_error *err);

#endif
