/* SPDX-License-Identifier: MIT */
/* Options that commands of fnq eval have in common, as rows of their tables. */
#ifndef FN_CLI_EVAL_OPTIONS_H
#define FN_CLI_EVAL_OPTIONS_H

#include "cli/old_commands.h"

#define FNQ_EVAL_MODEL                                                                         \
    {"profile", 0, FN_OPT_STRING, FNQ_AT(profile), "NAME", "the profile to judge"},            \
        {"model",       0,      FN_OPT_STRING,                                                 \
         FNQ_AT(model), "FILE", "an embedder (.fnm) in place of the profile's"},               \
    {                                                                                          \
        "flip", 0, FN_OPT_FLAG, FNQ_AT(flip), NULL,                                            \
            "embed the mirrored face too, and take the mean"                                   \
    }
#define FNQ_EVAL_PLOT                                                                          \
    {                                                                                          \
        "plot", 0, FN_OPT_STRING, FNQ_AT(plot), "DIR", "write charts there (SVG and PNG)"      \
    }
#define FNQ_EVAL_PAIRS                                                                         \
    {                                                                                          \
        "pairs", 0, FN_OPT_STRING, FNQ_AT(pairs), "FILE",                                      \
            "the list of pairs (default: pairs.txt beside or in DIR; else made)"               \
    }
#define FNQ_EVAL_MODE                                                                          \
    {"mode",       0,      FN_OPT_STRING,                                                      \
     FNQ_AT(mode), "MODE", "detect (detector, aligned; default) or centre (a fixed square)"},  \
    {                                                                                          \
        "crop", 0, FN_OPT_DOUBLE, FNQ_AT(crop_share), "SHARE",                                 \
            "side of that square, in shorter sides of the picture (default 0.5)"               \
    }
#define FNQ_EVAL_SLICES                                                                        \
    {                                                                                          \
        "slices", 0, FN_OPT_STRING, FNQ_AT(slices), "CSV",                                     \
            "figures by the attributes of pictures in this table"                              \
    }
#define FNQ_EVAL_PEOPLE                                                                        \
    {                                                                                          \
        "people", 0, FN_OPT_STRING, FNQ_AT(people), "FILE", "only the folders named in it"     \
    }

#define FNQ_EVAL_THREADS                                                                       \
    {                                                                                          \
        "threads", 0, FN_OPT_U64, FNQ_AT(threads), "N",                                        \
            "workers at once (default: one per core)"                                          \
    }

#endif
