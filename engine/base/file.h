/* SPDX-License-Identifier: MIT */
/* Whole files: reading with a cap, atomic replacement, read-only maps of files we trust not to
 * shrink (our own models), directories. Photos are never mapped (see engine/image/source.h). */
#ifndef FN_ENGINE_BASE_FILE_H
#define FN_ENGINE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/base/buf.h"
#include "engine/base/error.h"

/* Reads the file into out (appended). FN_ELIMIT when it is larger than out's cap. */
FN_NODISCARD int fn_file_read(const char *path, struct fn_buf *out, struct fn_error *err);

/* Writes to path.tmp-PID in the same directory, fsyncs, renames over path, fsyncs the
 * directory. Either the old or the whole new content is there afterwards. */
FN_NODISCARD int fn_file_write_atomic(const char *path, const void *data, size_t n, mode_t mode,
                                      struct fn_error *err);

/* After a rename: fsyncs the folder of path. 0 or -errno. */
FN_NODISCARD int fn_sync_parent(const char *path);

struct fn_map {
    const uint8_t *data;
    size_t size;
};
FN_NODISCARD int fn_map_open(const char *path, struct fn_map *ret, struct fn_error *err);
void fn_map_close(struct fn_map *m); /* NULL-safe */

/* mkdir -p with the given mode for what is created. */
FN_NODISCARD int fn_mkdirs(const char *path, mode_t mode, struct fn_error *err);

bool fn_file_exists(const char *path);

/* write(2) / pwrite until all is written or it fails; restarts on EINTR. 0 or -errno. */
FN_NODISCARD int fn_write_all(int fd, const void *p, size_t n);
/* pread until n bytes or the end; returns the bytes read (may be short at the end) or -errno.
 */
FN_NODISCARD ssize_t fn_pread_all(int fd, void *p, size_t n, uint64_t offset);

#endif
