/* SPDX-License-Identifier: MIT */
/* What label, confirm, reject and notface share: their options, and the run. */
#ifndef FN_CLI_SAYING_LABELLING_H
#define FN_CLI_SAYING_LABELLING_H

#include "cli/library/label_faces.h"
#include "cli/program/command.h"

/* A member `common` of struct options has this type. */
struct fnq_label_options {
    const char *query, *sheet;
    bool batch, atomic;
};
#define FNQ_LABEL_OPTIONS                                                                      \
    OPT_TEXT(common.query, "query", 0, "QUERY", "also the faces that match this query"),       \
        OPT_FLAG(common.batch, "batch", 0, "read acts from standard input"),                   \
        OPT_FLAG(common.atomic, "atomic", 0, "with --batch: all lines or none"),               \
        OPT_TEXT(common.sheet, "sheet", 0, "OUT.jpg",                                          \
                 "write a contact sheet of the faces (useful with -n)")

#define FNQ_LABEL_DETAILS                                                                      \
    "FACE is FILE:N, the N-th face of a file as fnq who numbers them; or the id of a face, "   \
    "as lists show it; or a query, as for fnq find, which stands for all faces that it "       \
    "finds. With --dry-run nothing is changed.\n"                                              \
    "With --batch, acts are read from standard input, one per line:\n"                         \
    "  +NAME -- FACE...  these faces are this person\n"                                        \
    "  -NAME -- FACE...  these faces are not this person\n"                                    \
    "  !face -- FACE...  these are not faces\n"                                                \
    "A space in NAME is written %20. query:\"...\" is a FACE, too."

struct fnq_labelling {
    const char *verb; /* the command */
    enum fn_assert_kind kind;
    const char *who; /* as in struct fnl_labelling */
    bool fresh;
    const char *of; /* only faces of this person, or NULL */
    const struct fnq_label_options *common;
};
/* The faces are in argc, argv. Returns the exit code. */
FN_NODISCARD int fnq_label_faces(struct fnq_ctx *ctx, const struct fnq_labelling *what,
                                 int argc, char **argv);

#endif
