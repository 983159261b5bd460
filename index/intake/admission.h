/* SPDX-License-Identifier: MIT */
/* Admission: opens and hashes a file, or determines why it cannot be processed. No pixel is
 * decoded. */
#ifndef FN_INDEX_ADMISSION_H
#define FN_INDEX_ADMISSION_H

#include "index/intake/rules.h"
#include "index/records/photos.h"

enum fn_admit_end {
    FN_ADMIT_NONE = 0, /* not tried yet */
    FN_ADMIT_GONE,     /* the file is gone */
    FN_ADMIT_OTHER,    /* not a picture, or excluded now */
    FN_ADMIT_CHANGING, /* written to while it was read */
    FN_ADMIT_TROUBLE,  /* the file system fails; the fault is not in the photo */
    FN_ADMIT_BAD,      /* a bad file: reason */
    FN_ADMIT_KNOWN,    /* its content is in the index */
    FN_ADMIT_NEW,      /* fd is open */
};

struct fn_admission {
    /* input */
    const char *root_path, *rel; /* the file is root_path/rel */
    fn_root_id root;
    const struct fn_rules *rules;
    uint64_t max_file_bytes;
    struct fn_store *store; /* the index: does it have the content? */
    /* results */
    enum fn_admit_end end;
    int fd;              /* NEW: the caller closes it; else -1 */
    struct fn_h128 hash; /* BAD, KNOWN, NEW */
    struct fn_path path; /* for the same: as it was when it was opened; photo is not set */
    char reason[FN_REASON_MAX];
};

/* May hang in a dead mount. Uses its own read transaction. */
void fn_admit(struct fn_admission *a);

#endif
