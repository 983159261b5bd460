/* SPDX-License-Identifier: MIT */
/* The files of a picture with several pages: all of them are written, or none. */
#ifndef FN_CLI_LIBRARY_PAGE_FILES_H
#define FN_CLI_LIBRARY_PAGE_FILES_H

#include "engine/base/error.h"
#include "engine/image/image.h"

/* Files with names of their own until the commit. */
struct fnl_page_files {
    char *path;   /* as given */
    char **names; /* final */
    size_t n, n_written;
};

/* pages 1: path itself; otherwise NAME-1.jpg to NAME-n.jpg for NAME.jpg. Finish it in any
 * case. */
FN_NODISCARD int fnl_pages_begin(struct fnl_page_files *f, const char *path, uint32_t pages,
                                 struct fn_error *err);
/* FN_EREFUSED if the path or one of the files is the photo. */
FN_NODISCARD int fnl_pages_spare(const struct fnl_page_files *f, const char *photo,
                                 struct fn_error *err);
/* Writes the next page to a temporary file beside its final one. */
FN_NODISCARD int fnl_page_add(struct fnl_page_files *f, const struct fn_image *m,
                              struct fn_error *err);
/* Gives all files their names. *ret_names: the caller frees them and the array. */
FN_NODISCARD int fnl_pages_commit(struct fnl_page_files *f, char ***ret_names, size_t *ret_n,
                                  struct fn_error *err);
/* Removes what was not committed. */
void fnl_pages_finish(struct fnl_page_files *f);

/* FN_EREFUSED if target is there and is the file in fd or, with fd -1, at photo. */
FN_NODISCARD int fnl_spare_photo(const char *target, int fd, const char *photo,
                                 struct fn_error *err);

#endif
