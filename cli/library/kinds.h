/* SPDX-License-Identifier: MIT */
/* What kind of thing a user refers to, for commands that take any. */
#ifndef FN_CLI_LIBRARY_KINDS_H
#define FN_CLI_LIBRARY_KINDS_H

#include "cli/library/library.h"

enum fnl_kind {
    FNL_KIND_NONE = 0,
    FNL_KIND_PERSON,
    FNL_KIND_FACE,
    FNL_KIND_PHOTO, /* of the index: by its id, a file with its content, or its path */
    FNL_KIND_FILE,  /* a file that is not in the index */
};

/* Inside the read transaction. In this order: a name, or whole words of one; the id of a face,
 * FILE:N or PHOTO:N; a file; the id of a photo; the beginning of a name, or the id of a person;
 * the path of a photo whose file is gone. A person can be ambiguous. FN_KIND_NONE is no error.
 * -ENOMEM, and errors of the index. */
FN_NODISCARD int fnl_kind_of(struct fn_library *lib, const char *what, enum fnl_kind *ret,
                             struct fn_error *err);

#endif
