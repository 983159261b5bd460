/* SPDX-License-Identifier: MIT */
/* facenetd --check: whether a start would work, without an index. */
#ifndef FN_DAEMON_START_CHECK_H
#define FN_DAEMON_START_CHECK_H

#include "daemon/loop/facenetd_run.h"

/* Opens the networks, starts a worker in its sandbox, and looks for the folders of the command
 * line and of the configuration. Prints one line per mistake, or one that all is well. Returns
 * the exit code. */
int fnd_start_check(const struct fnd_setup *s, const struct fn_config *cfg);

#endif
