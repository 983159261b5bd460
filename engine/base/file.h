/* SPDX-License-Identifier: MIT */
/* Whole files: reading up to a maximum size, atomic replacement, directories, and read-only
 * maps of files that we trust not to shrink (our own models). Photos are never mapped (see
 * engine/image/image.h). */
#ifndef FN_ENGINE_BASE_FILE_H
#define FN_ENGINE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/base/buf.h"
#include "engine/base/error.h"

/* Appends the file to out. FN_ELIMIT when it is larger than out allows. */
FN_NODISCARD int fn_file_read(const char *path, struct fn_buf *out, struct fn_error *err);

/* Writes path.tmp-PID in the same directory, calls fsync, renames it to path, and calls fsync
 * on the directory. Afterwards path has either the old content or all of the new one. */
FN_NODISCARD int fn_file_write_atomic(const char *path, const void *data, size_t n, mode_t mode,
                                      struct fn_error *err);

/* Calls fsync on the folder of path, after a rename. 0 or -errno. */
FN_NODISCARD int fn_sync_parent(const char *path);

struct fn_map {
    const uint8_t *data;
    size_t size;
};
FN_NODISCARD int fn_map_open(const char *path, struct fn_map *ret, struct fn_error *err);
void fn_map_close(struct fn_map *m); /* NULL-safe */

/* mkdir -p. Folders that it creates get the given mode. */
FN_NODISCARD int fn_mkdirs(const char *path, mode_t mode, struct fn_error *err);

bool fn_file_exists(const char *path);

/* write(2) or pwrite(2) until everything is written or it fails. Restarts on EINTR. 0 or
 * -errno. */
FN_NODISCARD int fn_write_all(int fd, const void *p, size_t n);
/* pread until n bytes or the end of the file. Returns the number of bytes read, or -errno. */
FN_NODISCARD ssize_t fn_pread_all(int fd, void *p, size_t n, uint64_t offset);

#endif
