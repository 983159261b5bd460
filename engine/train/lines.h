/* SPDX-License-Identifier: MIT */
/* Reads text files line by line, for lists, tables and caches that may be long. One line is in
 * memory at a time. */
#ifndef FN_ENGINE_TRAIN_LINES_H
#define FN_ENGINE_TRAIN_LINES_H

#include <stddef.h>
#include <stdio.h>

#include "engine/base/error.h"

struct fn_lines {
    FILE *file;
    char *text; /* the line without its end; may be split in place */
    size_t cap, number;
    const char *path;
};

FN_NODISCARD int fn_lines_open(struct fn_lines *l, const char *path, struct fn_error *err);
void fn_lines_close(struct fn_lines *l); /* also after a failed open, or for zeroed structs */
/* 1: a line, 0: the end, negative: an error. A NUL byte is FN_EUSAGE. */
FN_NODISCARD int fn_lines_next(struct fn_lines *l, struct fn_error *err);
/* Splits text at each separator into at most max fields; the last one has the rest. Returns
 * their number. */
size_t fn_lines_fields(char *text, char separator, char **field, size_t max);
/* Sets "'FILE' line N: ..." and returns code. */
int fn_lines_error(const struct fn_lines *l, struct fn_error *err, int code, const char *fmt,
                   ...) FN_PRINTF(4, 5);
/* A finite number that fills the whole field. 0 or -EINVAL. */
FN_NODISCARD int fn_parse_float(const char *s, float *ret);

#endif
