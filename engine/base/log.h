/* SPDX-License-Identifier: MIT */
/* The log of programs (daemon, worker, fnq). Library code in engine/ and index/ does not use
 * it.
 *
 * A line is a plain message followed by key=value fields, on stderr, with a journal priority
 * prefix (<3>) when $JOURNAL_STREAM is set, else with a time; on a terminal with the time of
 * day, folded, above a progress line (status_line.h). Identical lines within ten
 * minutes are counted, not repeated. */
#ifndef FN_ENGINE_BASE_LOG_H
#define FN_ENGINE_BASE_LOG_H

#include "engine/base/error.h"

enum fn_log_level { FN_LOG_ERROR = 3, FN_LOG_WARN = 4, FN_LOG_INFO = 6, FN_LOG_DEBUG = 7 };

void fn_log_init(const char *program, enum fn_log_level level);
void fn_log_set_level(enum fn_log_level level);
void fn_log(enum fn_log_level level, const char *fmt, ...) FN_PRINTF(2, 3); /* thread-safe */

/* The same, even if an identical line was printed recently. */
void fn_log_always(enum fn_log_level level, const char *fmt, ...) FN_PRINTF(2, 3);

#endif
