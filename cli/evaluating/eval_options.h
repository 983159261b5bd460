/* SPDX-License-Identifier: MIT */
/* Options that commands of fnq eval have in common, as rows of their tables: each needs the
 * member that it names in the command's `struct options`. */
#ifndef FN_CLI_EVALUATING_EVAL_OPTIONS_H
#define FN_CLI_EVALUATING_EVAL_OPTIONS_H

#include "cli/library/eval.h"
#include "cli/program/command.h"

/* struct fnl_eval_choice judge */
#define EVAL_MODEL                                                                             \
    OPT_TEXT(judge.profile, "profile", 0, "NAME", "the profile to evaluate"),                  \
        OPT_TEXT(judge.model, "model", 0, "FILE",                                              \
                 "an embedder (.fnm) that replaces that of the profile"),                      \
        EVAL_FLIP
#define EVAL_FLIP                                                                              \
    OPT_FLAG(judge.flip, "flip", 0, "embed the mirrored face too, and take the mean")
#define EVAL_THREADS                                                                           \
    OPT_NUMBER(judge.threads, "threads", 0, "N", "workers in parallel (default: one per core)")
/* struct fnl_eval_choice judge; const char *mode */
#define EVAL_MODE                                                                              \
    OPT_TEXT(mode, "mode", 0, "MODE",                                                          \
             "detect (detector, aligned; default) or centre (a fixed square)"),                \
        OPT_REAL(judge.crop, "crop", 0, "SHARE",                                               \
                 "side of that square, as a share of the shorter side of the picture "         \
                 "(default 0.5)")
/* const char *plot, *pairs, *slices, *people */
#define EVAL_PLOT OPT_TEXT(plot, "plot", 0, "DIR", "write charts there (SVG and PNG)")
#define EVAL_PAIRS                                                                             \
    OPT_TEXT(pairs, "pairs", 0, "FILE",                                                        \
             "the list of pairs (default: pairs.txt in DIR or next to it; else generated)")
#define EVAL_SLICES                                                                            \
    OPT_TEXT(slices, "slices", 0, "CSV", "results by the attributes of pictures in this table")
#define EVAL_PEOPLE OPT_TEXT(people, "people", 0, "FILE", "only the folders named in it")

#endif
