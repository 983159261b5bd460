/* SPDX-License-Identifier: MIT */
/* Points in time as users write them. */
#ifndef FN_CLI_RUNNING_UNTIL_H
#define FN_CLI_RUNNING_UNTIL_H

#include <stdint.h>

/* "18:00": the next time the local clock shows that; "30s", "90m", "2h", "3d": that long after
 * now (all in seconds since 1970). Returns 0 when it is neither. */
int64_t fnq_parse_until(const char *s, int64_t now_s);

#endif
