/* SPDX-License-Identifier: MIT */
/* The progress line of a command, on standard error. */
#ifndef FN_CLI_PROGRAM_PROGRESS_TEXT_H
#define FN_CLI_PROGRAM_PROGRESS_TEXT_H

#include "cli/program/fnq.h"

struct fnq_steps {
    uint64_t done, n;
    const char *what; /* the things, more than one: "pictures" */
    double seconds;   /* since the first */
    bool last;        /* the line is removed */
};
/* "120 of 1,240 pictures, 6.3/s, about 3 min" in at most `columns` columns. */
void fnq_progress_text(char *out, size_t size, const struct fnq_steps *s, size_t columns);
/* Shows it, if it is time to; not with -q. One thread at a time. */
void fnq_progress(const struct fnq_ctx *ctx, const struct fnq_steps *s);

#endif
