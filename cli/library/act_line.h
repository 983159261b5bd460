/* SPDX-License-Identifier: MIT */
/* The grammar of label --batch, of acts files, and of export labels --acts:
 *
 *   +NAME -- TARGET...      the faces are NAME (percent-encoded, RFC 3986)
 *   -NAME -- TARGET...      they are not
 *   !face -- TARGET...      they are not faces
 *
 * TARGET is a face id, FILE:N, PHOTO:N (each percent-encoded where it has a space, a quote or a
 * percent sign), or query:"..." (backslash before a quote or a backslash). Empty lines and
 * lines that start with # are ignored. */
#ifndef FN_CLI_LIBRARY_ACT_LINE_H
#define FN_CLI_LIBRARY_ACT_LINE_H

#include "engine/base/buf.h"
#include "engine/base/error.h"
#include "index/labels/labels.h"

enum { FNL_TARGETS_MAX = 64 };

struct fnl_act_line {
    enum fn_assert_kind kind; /* IS, NOT, NOTFACE */
    char name[FN_PERSON_NAME_MAX];
    size_t n_targets;
    char *target[FNL_TARGETS_MAX]; /* decoded */
    bool is_query[FNL_TARGETS_MAX];
};

/* Returns 0 with *ret filled in, 1 when the line is empty or a comment, or FN_EUSAGE with the
 * fault in err. line: without its line end. */
FN_NODISCARD int fnl_act_line_parse(const char *line, struct fnl_act_line *ret,
                                    struct fn_error *err);
void fnl_act_line_finish(struct fnl_act_line *l);
/* Appends one line, with its line end. */
void fnl_act_line_format(struct fn_buf *out, enum fn_assert_kind kind, const char *name,
                         const char *face);

#endif
