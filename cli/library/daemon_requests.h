/* SPDX-License-Identifier: MIT */
/* Requests to a running facenetd. All return -ECONNREFUSED when none runs, -ETIMEDOUT when it
 * does not reply, else its own error. */
#ifndef FN_CLI_LIBRARY_DAEMON_REQUESTS_H
#define FN_CLI_LIBRARY_DAEMON_REQUESTS_H

#include "cli/library/library.h"

/* Scan a folder or file now (an absolute path), or all roots (NULL). accept: the files missing
 * from a held root are removed from the index. FN_ENOTFOUND: the path is below no root. */
FN_NODISCARD int fnl_daemon_scan(struct fn_library *lib, const char *path, bool accept,
                                 struct fn_error *err);
/* Stop indexing until a time (seconds since 1970), or until fnl_daemon_resume (0). */
FN_NODISCARD int fnl_daemon_pause(struct fn_library *lib, int64_t until_s,
                                  struct fn_error *err);
FN_NODISCARD int fnl_daemon_resume(struct fn_library *lib, struct fn_error *err);
/* Read the configuration again. */
FN_NODISCARD int fnl_daemon_reload(struct fn_library *lib, struct fn_error *err);
/* Make a folder (an absolute path) a root, or stop indexing it. */
FN_NODISCARD int fnl_daemon_root(struct fn_library *lib, const char *path, bool add,
                                 struct fn_error *err);

#endif
