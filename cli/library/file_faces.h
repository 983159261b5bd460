/* SPDX-License-Identifier: MIT */
/* The faces of any file, directly from a worker; no index is needed. */
#ifndef FN_CLI_LIBRARY_FILE_FACES_H
#define FN_CLI_LIBRARY_FILE_FACES_H

#include "cli/library/pictures.h"

/* Faces with embeddings; *ret is valid until the next request to the worker. FN_EMODEL: there
 * are no networks to run, so no other file can succeed. -errno when the file cannot be read,
 * FN_EWORKER, FN_EDECODE and others when it cannot be decoded. */
FN_NODISCARD int fnl_file_faces(struct fn_library *lib, const char *path,
                                struct fn_work_reply *ret, struct fn_error *err);

#endif
