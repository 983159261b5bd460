/* SPDX-License-Identifier: MIT */
/* One daemon per index. */
#ifndef FN_DAEMON_DAEMON_LOCK_H
#define FN_DAEMON_DAEMON_LOCK_H

#include <stdint.h>

#include "engine/base/error.h"

/* Creates the folder of the index and takes its lock, which is held as long as *ret_fd is open.
 * Also returns device and inode of the folder. FN_EBUSY: another daemon has it. */
FN_NODISCARD int fnd_lock_index(const char *dir, int *ret_fd, uint64_t *ret_dev,
                                uint64_t *ret_ino, struct fn_error *err);

#endif
