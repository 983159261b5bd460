/* SPDX-License-Identifier: MIT */
/* Standard error of a program that runs for long: messages, and below them one line of progress
 * that is redrawn in place on a terminal. All threads; one line per process. */
#ifndef FN_ENGINE_BASE_STATUS_LINE_H
#define FN_ENGINE_BASE_STATUS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

/* Shows the line in place of the one before, on a terminal only. Text that is wider than the
 * terminal is now is shortened. */
void fn_status_draw(const char *text);
/* Removes the line. */
void fn_status_clear(void);
/* Prints text and a line end above the line; on a terminal folded to its width, with control
 * characters replaced. */
void fn_message(const char *text);

/* When progress is shown. On a terminal: after a second, then four times a second. Otherwise as
 * lines of the log: after ten seconds, then every half minute; in the journal every ten
 * minutes. */
struct fn_progress {
    uint64_t next_ns; /* 0: not begun */
    bool tty;
};
/* Begins with the first call. */
bool fn_progress_due(struct fn_progress *p, uint64_t now_ns);
void fn_progress_show(struct fn_progress *p, uint64_t now_ns, const char *text);
/* The line is removed; the next call of fn_progress_due begins again. */
void fn_progress_end(struct fn_progress *p);

/* Columns of a progress line: those of the terminal, or SIZE_MAX in a log. */
size_t fn_progress_columns(const struct fn_progress *p);
/* Joins parts with ", ". part[0] is always there; of the others, those that fit, the ones with
 * the lowest rank first. Empty parts are left out. */
struct fn_progress_part {
    char text[64];
    unsigned rank;
};
void fn_progress_join(char *out, size_t size, const struct fn_progress_part *part, size_t n,
                      size_t columns);

#endif
