/* SPDX-License-Identifier: MIT */
/* Everything that the index has about one photo. */
#ifndef FN_CLI_LIBRARY_PHOTO_VIEW_H
#define FN_CLI_LIBRARY_PHOTO_VIEW_H

#include "cli/library/facts.h"

enum fnl_photo_state {
    FNL_PHOTO_OK,
    FNL_PHOTO_BAD,  /* cannot be decoded, or crashed the worker: photo.reason */
    FNL_PHOTO_AWAY, /* all its files are on roots that are away */
    FNL_PHOTO_GONE, /* no file with this content is left: photo.gone_s */
};
const char *fnl_photo_state_name(enum fnl_photo_state s); /* "ok", "bad", "away", "gone" */

struct fnl_photo_file {
    char *path;       /* absolute */
    int64_t mtime_ns; /* when the file was changed, as of when it was indexed */
    bool away;        /* on a root that is away */
};

struct fnl_photo_view {
    struct fn_photo photo;
    enum fnl_photo_state state;
    struct fnl_photo_file *files;
    size_t n_files, cap;
    struct fnl_fact *faces; /* largest first */
    size_t n_faces;
};

/* what: a photo as fnl_photo_find takes it. Inside the read transaction. Release *ret with
 * fnl_photo_view_finish. -ENOMEM, and the errors of fnl_photo_find. */
FN_NODISCARD int fnl_photo_view(struct fn_library *lib, const char *what,
                                struct fnl_photo_view *ret, struct fn_error *err);
void fnl_photo_view_finish(struct fnl_photo_view *v);

#endif
